/**
 * Owns the Python packages that the drill's regions run on: an S3 API and PostgreSQL's archiver, pinned, in a folder of the
 * cache that appears whole, by one rename, or not at all. Refuses to touch the Python of the machine: nothing is installed
 * into it.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withLock } from "../process/lock";
import { self } from "../process/identity";
import { cacheRoot, prepareRoot } from "./cache";
import type { ToolContext } from "./context";
import { ToolchainError } from "./errors";
import { during } from "./progress";
import { lastLines, run, type Outcome } from "./run";

/** Pinned. moto is Apache-2.0, barman GPL-3.0 and run as a program of its own, psycopg2 LGPL-3.0. */
const PACKAGES = [
  "moto==5.2.5",
  "flask==3.1.3",
  "flask-cors==6.0.5",
  "PyYAML==6.0.4",
  "py-partiql-parser==0.6.3",
  "boto3==1.44.8",
  "barman==3.19.1",
  "psycopg2-binary==2.9.13",
] as const;

export interface PythonKit {
  readonly python: string;
  /** For PYTHONPATH. */
  readonly folder: string;
}

/** The environment in which Python finds the kit, and leaves nothing in it. */
export const kitEnvironment = ({ folder }: PythonKit): Readonly<Record<string, string>> => ({
  PYTHONPATH: folder,
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONUNBUFFERED: "1",
});

const version = createHash("sha256").update(PACKAGES.join()).digest("hex").slice(0, 12);

/** Wheels hold machine code for one minor version of Python. */
const folderOf = (root: string, minor: string): string =>
  join(root, "kits", `python-${minor}-${version}-${process.platform}-${process.arch}`);

/** Found in the cache, or installed: about half a minute. @throws ToolchainError when there is no Python with pip. */
export async function ensurePythonKit(context: ToolContext): Promise<PythonKit> {
  const root = cacheRoot(context.env);
  const folder = folderOf(root, await minorVersion(context));
  const kit = { python: PYTHON, folder };
  if (existsSync(folder)) return kit;
  await prepareRoot(root);
  const step = { what: "installing the Python packages of the drill", expectedSeconds: 30 };
  const lock = join(root, "locks", `kits-python-${version}`);
  await withLock(lock, {}, () => during(context.progress, step, () => install(root, folder, context)));
  return kit;
}

const PYTHON = "python3";

async function minorVersion(context: ToolContext): Promise<string> {
  const ask = "import sys, pip; print('%d.%d' % sys.version_info[:2])";
  const { code, stdout, stderr } = await python(["-c", ask], context);
  if (code === 0) return stdout.trim();
  throw missing(lastLines(stderr, 1));
}

async function python(args: readonly string[], { env, signal }: ToolContext): Promise<Outcome> {
  try {
    return await run(PYTHON, args, { env, ...(signal === undefined ? {} : { signal }) });
  } catch {
    throw missing("no python3 on PATH");
  }
}

const missing = (got: string): ToolchainError =>
  new ToolchainError({
    where: "python3, for the drill's S3 API and PostgreSQL's archiver",
    got,
    want: "Python 3.10 or newer with pip",
    mend: "install python3 and python3-pip from your distribution",
  });

async function install(root: string, folder: string, context: ToolContext): Promise<void> {
  if (existsSync(folder)) return; // another process made it while the lock was waited for
  const { pid, startTicks } = self();
  const staging = join(root, "tmp", `${pid}-${startTicks}-python-kit`);
  const options = ["--quiet", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore"];
  const ended = await python(["-m", "pip", "install", ...options, "--target", staging, ...PACKAGES], context);
  if (ended.code !== 0) await refuse(staging, ended);
  await writeFile(join(staging, "packages.txt"), `${PACKAGES.join("\n")}\n`);
  await mkdir(dirname(folder), { recursive: true });
  await rename(staging, folder);
}

async function refuse(staging: string, { stderr }: Outcome): Promise<never> {
  await rm(staging, { recursive: true, force: true });
  throw new ToolchainError({
    where: "installing the Python packages of the drill",
    got: lastLines(stderr, 2),
    want: PACKAGES.join(", "),
    mend: "connect to the network, or let pip reach a mirror of PyPI; then run it again",
  });
}
