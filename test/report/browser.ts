/** Headless Chromium, where there is one: what a page becomes in it, what it complains about, what it asks the network for. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;

/** On the PATH; undefined where there is none. */
export const browser = (): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-logging=stderr",
  "--host-resolver-rules=MAP * ~NOTFOUND", // whatever it might ask for, nothing leaves the machine
];

export interface Seen {
  /** The document after it was loaded. */
  readonly dom: string;
  /** What the page wrote to its console: refusals of its own policy, errors. */
  readonly console: readonly string[];
  /** Addresses that the page asked for, beside itself. */
  readonly requests: readonly string[];
}

/** @param width CSS pixels; the height does not matter. */
export function look(page: string, width: number): Seen {
  const path = browser();
  if (path === undefined) throw new Error("no browser on the PATH");
  const folder = mkdtempSync(join(tmpdir(), "keelson-browser-"));
  const [file, log] = [join(folder, "page.html"), join(folder, "net.json")];
  writeFileSync(file, page);
  const flags = [`--user-data-dir=${join(folder, "profile")}`, `--window-size=${width},900`, `--log-net-log=${log}`];
  try {
    const address = pathToFileURL(file).href;
    const run = spawnSync(path, [...QUIET, ...flags, "--dump-dom", address], { encoding: "utf8", timeout: 60_000 });
    if (run.status !== 0) throw new Error(`${path} ended with ${run.status}: ${run.stderr.slice(-500)}`);
    const said = run.stderr.split("\n").filter((line) => line.includes(":CONSOLE"));
    return { dom: run.stdout, console: said, requests: asked(readFileSync(log, "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Addresses of the network that a document asked for: the browser's own questions have no document behind them. */
const asked = (log: string): readonly string[] => [
  ...new Set(
    log
      .split("\n")
      .filter((line) => /"initiator":(?!"not an origin")/.test(line))
      .map((line) => /"url":"((?:https?|wss?|ftp):[^"]+)"/.exec(line)?.[1])
      .filter((url) => url !== undefined),
  ),
];
