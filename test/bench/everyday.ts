/** What is felt every day: how fast the command line starts, what the program costs to load, an `up` that changes nothing. */
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import * as down from "../../cli/verbs/down";
import * as up from "../../cli/verbs/up";
import { stackFiles, stateFile } from "../../embedded/engine/stack-files";
import { toolContext } from "../../embedded/toolchain/context";
import { workAhead } from "../../embedded/toolchain/ensure";
import { PLANE_TOOLS } from "../../embedded/toolchain/tools";
import { freeBase } from "../support/checkout";
import { type Figure, type Section } from "./figures";
import { median, milliseconds, seconds } from "./measure";
import { argumentsFor, ROOT, silentTerminal, type Site } from "./site";

const node = (args: readonly string[]): void => void execFileSync(process.execPath, [...args], { stdio: "ignore" });

const STARTS: Readonly<Record<string, readonly string[]>> = {
  "node alone": ["-e", ""],
  "keelson help": [join(ROOT, "bin", "keelson"), "help"],
  "loading @pulumi/pulumi alone": ["-e", `require(${JSON.stringify(require.resolve("@pulumi/pulumi"))})`],
  "loading the whole program": ["-e", `require(${JSON.stringify(join(__dirname, "..", "..", "index.js"))})`],
};

export function starts(repeat: number): Section {
  node(STARTS["keelson help"] ?? []); // compiles anew when a source is newer
  const times = Array.from({ length: repeat }, () =>
    Object.fromEntries(Object.entries(STARTS).map(([what, args]) => [what, milliseconds(() => node(args))])),
  );
  const of = (what: string): number => median(times.map((round) => round[what] ?? NaN));
  const load = (round: Readonly<Record<string, number>>): number =>
    (round["loading the whole program"] ?? NaN) / (round["loading @pulumi/pulumi alone"] ?? NaN);
  const ratio: Figure = { what: "the program against @pulumi/pulumi", value: median(times.map(load)), unit: "times" };
  return {
    title: "start-up",
    figures: [...Object.keys(STARTS).map((what): Figure => ({ what, value: of(what), unit: "ms" })), ratio],
  };
}

export interface Unchanged {
  readonly section: Section;
  /** A copy of the state that `up` left; undefined when there was no cluster to bring up. */
  readonly state?: string;
}

const TITLE = "dev on the local control plane";

/** Brings dev up at the site, again without a change, and down. Builds no tool: that would take longer than all else. */
export async function unchanged(site: Site, repeat: number): Promise<Unchanged> {
  const ahead = await workAhead(["pulumi", ...PLANE_TOOLS], toolContext({}));
  if (ahead.missing.length > 0) {
    const named = ahead.missing.join(", ");
    return { section: { title: TITLE, figures: [], notes: [`not measured: ${named} missing; run \`make up\` once`] } };
  }
  process.env["KEELSON_PORT"] = String(await freeBase());
  try {
    return await bringUp(site, repeat);
  } finally {
    await down.run(argumentsFor("dev"), silentTerminal(site));
  }
}

async function bringUp(site: Site, repeat: number): Promise<Unchanged> {
  const run = (): Promise<unknown> => up.run(argumentsFor("dev"), silentTerminal(site));
  const first = await seconds(run);
  const again: number[] = [];
  for (let round = 0; round < repeat; round += 1) again.push(await seconds(run));
  const state = join(site.checkout, "dev-state.json");
  cpSync(stateFile(stackFiles(site.checkout, "dev"), "keelson"), state);
  const figures: readonly Figure[] = [
    { what: "first up: plan, control plane, every object", value: first, unit: "s" },
    { what: "up that changes nothing, control plane running", value: median(again), unit: "s" },
  ];
  return { section: { title: TITLE, figures }, state };
}
