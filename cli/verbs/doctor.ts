/** `keelson doctor`: what is here and from where, what is missing, and the one command that mends it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { engineReport } from "../../embedded/engine/doctor";
import { type StackFiles, stackFiles } from "../../embedded/engine/stack-files";
import { planeReport } from "../../embedded/plane/doctor";
import { toolContext } from "../../embedded/toolchain/context";
import { type CrdSet, crdSetsOf } from "../../embedded/toolchain/crd-sources";
import { doctorReport, type Finding } from "../../embedded/toolchain/doctor";
import { InvalidInput } from "../../graph/problems";
import { readStackFile, stackNames } from "../../stacks/stack-file";
import { exitCodes } from "../exit-codes";
import { type Run } from "../verb";

const marks: Readonly<Record<Finding["state"], string>> = {
  ok: "ok     ",
  missing: "missing",
  broken: "BROKEN ",
  note: "note   ",
};

/** What lies beside the stacks: plugins, and drills with their reports. */
const APART = ["home", "drill", "drill-reports"];

/** Stacks that were run here, whether or not their file still exists. */
function localStacks(checkout: string): readonly string[] {
  const folder = join(checkout, ".keelson");
  const here = existsSync(folder) ? readdirSync(folder).filter((name) => !APART.includes(name)) : [];
  return here.length > 0 ? here : stackNames(checkout).filter((name) => name === "dev");
}

/** What the systems of these stacks need; a stack whose file is wrong says so when it is used. */
function definitionsFor(checkout: string, stacks: readonly string[]): readonly CrdSet[] {
  const needed = stacks.flatMap((stack) => {
    try {
      const { system, provider } = readStackFile(checkout, stack);
      return crdSetsOf(system, provider);
    } catch (error) {
      if (error instanceof InvalidInput) return [];
      throw error;
    }
  });
  return [...new Set(needed)];
}

const lines = ({ what, state, detail, mend }: Finding): readonly string[] => [
  `${marks[state]}  ${what}: ${detail}`,
  ...(mend === undefined ? [] : [`         mend: ${mend}`]),
];

/** A stack that was only planned here needs no control plane, and no ports. */
async function planeOf({ root, stack, controlPlane }: StackFiles): Promise<readonly Finding[]> {
  if (existsSync(root) && !existsSync(controlPlane)) return [];
  const found = await planeReport(root);
  return found.map((finding) => ({ ...finding, what: `${finding.what} of ${stack}` }));
}

export const run: Run = async (_args, { checkout, out }) => {
  const names = localStacks(checkout);
  const stacks = names.map((name) => stackFiles(checkout, name));
  const perStack = await Promise.all(stacks.map(async (files) => [...(await planeOf(files)), ...engineReport(files)]));
  const findings = [...(await doctorReport(definitionsFor(checkout, names), toolContext())), ...perStack.flat()];
  for (const line of findings.flatMap(lines)) out(line);
  const bad = findings.filter(({ state }) => state === "broken").length;
  const missing = findings.filter(({ state }) => state === "missing").length;
  out(bad + missing === 0 ? "all is well" : `${bad} broken, ${missing} missing; \`make up\` gets what is missing`);
  return bad === 0 ? exitCodes.done : exitCodes.noTools;
};
