/**
 * `npm run bench [-- --json] [--repeat N] [--only WORD]`: every figure in one run, ratios within the run. It asserts
 * nothing about time: it ends with what missed its aim, and with code 0 unless something failed that it runs.
 */
import { parseArgs } from "node:util";
import { readStackFile } from "../../stacks/stack-file";
import { checking } from "./checking";
import { starts, unchanged } from "./everyday";
import { type Section, table, verdict } from "./figures";
import { growth } from "./growth";
import { makespan, planned, registered } from "./makespan";
import { previews } from "./previews";
import { makeSite, ROOT, sessionAt, type Site } from "./site";

type Show = (section: Section) => void;
type Part = (site: Site, repeat: number, show: Show) => Promise<void>;

const PARTS: Readonly<Record<string, Part>> = {
  start: async (_, repeat, show) => show(starts(repeat)),
  check: async (_, repeat, show) => show(checking(repeat)),
  growth: async (_, repeat, show) => show(growth(readStackFile(ROOT, "dev"), repeat)),
  preview: async (site, repeat, show) => show(await previews(await sessionAt(site, "prod"), repeat)),
  makespan: async (site, _, show) => {
    for (const stack of ["dev", "prod"])
      show(makespan(`${stack}, as planned`, await planned(await sessionAt(site, stack))));
  },
  up: async (site, repeat, show) => {
    const { section, state } = await unchanged(site, repeat);
    show(section);
    if (state !== undefined) show(makespan("dev, as it is in the state after up", registered(state)));
  },
};

const { values: flags } = parseArgs({
  options: { json: { type: "boolean" }, repeat: { type: "string" }, only: { type: "string", multiple: true } },
});

/** The other parts are still worth having. */
function fail(name: string, error: unknown): void {
  console.error(`${name} was not measured:`, error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const site = makeSite();
  const sections: Section[] = [];
  const show: Show = (section) => {
    sections.push(section);
    if (flags.json !== true) console.log(table(section).join("\n"));
  };
  try {
    for (const [name, part] of Object.entries(PARTS))
      if (flags.only?.includes(name) ?? true)
        await part(site, Number(flags.repeat ?? 3), show).catch((error: unknown) => fail(name, error));
  } finally {
    site.remove();
  }
  console.log((flags.json === true ? [JSON.stringify({ sections }, undefined, 2)] : verdict(sections)).join("\n"));
}

main().then(
  () => process.stdout.write("", () => process.exit()), // a plugin's connection may linger
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
