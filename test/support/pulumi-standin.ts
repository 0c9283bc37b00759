/**
 * Stands in for the Pulumi CLI where its language host cannot be had: takes the commands that the drill of a real stack
 * types, and carries them out with the same engine on the region of an embedded drill, which plays the account. With the
 * stack comes what its charts would bring: a real Velero.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { bringUp, derivedFile, SEATS, type Region, regionOf, resourcesOf, runVelero } from "../../drill/region";
import { Interruption } from "../../embedded/engine/interruption";
import { openSession, withControlPlane } from "../../embedded/engine/program";
import { holdingTheStack } from "../../embedded/engine/session";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { destroy } from "../../embedded/engine/update";
import { removeControlPlane } from "../../embedded/plane/control-plane";
import { ensureBucket } from "../../embedded/region/s3";
import { endVelero } from "../../embedded/region/velero";
import { toolContext } from "../../embedded/toolchain/context";
import { ensureTools } from "../../embedded/toolchain/ensure";
import { silent } from "../../embedded/toolchain/progress";
import { DRILL_TOOLS } from "../../embedded/toolchain/tools";
import { readSettings } from "../../stacks/settings";

/** What plays the account. */
export interface StandInAccount {
  readonly checkout: string;
  /** Of the embedded drill. */
  readonly folder: string;
  readonly port: number;
}

const account = JSON.parse(process.env["KEELSON_STANDIN_ACCOUNT"] ?? "{}") as StandInAccount;
const log = join(account.folder, "pulumi-commands.log");

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    stack: { type: "string" },
    "config-file": { type: "string" },
    "secrets-provider": { type: "string" },
    "policy-pack": { type: "string" },
  },
});
const named = (name: string): string => String(values[name] ?? "");

/** The marker of `stack init`. */
const marker = (stack: string): string => join(account.folder, `${stack}.made`);

function region(): Region {
  const around = {
    checkout: account.checkout,
    folder: account.folder,
    interruption: new Interruption("pulumi"),
    progress: silent,
  };
  const { config } = parse(readFileSync(named("config-file"), "utf8")) as { config: Record<string, unknown> };
  const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^keelson:/, ""), value]));
  const settings = readSettings(named("stack"), raw);
  const target = derivedFile(around, settings.stack);
  if (target !== named("config-file")) copyFileSync(named("config-file"), target);
  return regionOf(around, settings, SEATS.recovery, account.port);
}

async function up(): Promise<void> {
  const there = region();
  await bringUp(there, { judged: named("policy-pack") !== "", deliver: false });
  await ensureBucket(there.s3, there.bucket);
  const found = await ensureTools(DRILL_TOOLS, toolContext());
  await runVelero(there, { velero: found.velero.path, plugin: found["velero-plugin-for-aws"].path });
}

async function down(): Promise<void> {
  const there = region();
  const { files, settings, interruption, progress } = there;
  const place = { root: files.root, cloud: files.cloud, settings: files.settings };
  const facts = sessionFacts({ name: settings.stack, settings });
  const session = await openSession({
    checkout: account.checkout,
    place,
    ...facts,
    interruption,
    progress,
    judged: false,
  });
  const env = { ...session.env, ...withControlPlane(files) };
  await holdingTheStack(session, () => destroy({ ...session, env }, () => ""));
  // the object store of the region stays: the copies are in it, and they are not the stack's
  await endVelero(there);
  await removeControlPlane(there.dir);
}

/** Whoever reads the other end of a pipe may be slow: it is waited for. */
const printed = (text: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));

const COMMANDS: Readonly<Record<string, () => Promise<unknown> | unknown>> = {
  "stack ls": () => {
    const made = existsSync(marker("prod-rehearsal"));
    console.log(JSON.stringify(made ? [{ name: "prod-rehearsal" }] : []));
  },
  "stack init": () => {
    mkdirSync(account.folder, { recursive: true });
    writeFileSync(marker(positionals[2] ?? ""), named("secrets-provider"));
  },
  "stack export": () => {
    const config = join(account.folder, `Pulumi.${named("stack")}.yaml`);
    values["config-file"] = config;
    return printed(JSON.stringify({ deployment: { resources: resourcesOf(region()) } }));
  },
  up,
  destroy: down,
};

async function main(): Promise<void> {
  const [first = "", second = ""] = positionals;
  const command = COMMANDS[first === "stack" ? `${first} ${second}` : first];
  writeFileSync(log, `${process.argv.slice(2).join(" ")}\n`, { flag: "a" });
  if (command === undefined) throw new Error(`no command ${positionals.join(" ")}`);
  await command();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
