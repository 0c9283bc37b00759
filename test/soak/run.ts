/**
 * `npm run soak [-- --seed S] [--runs N] [--steps JSON]`: random sequences of ordinary life on a small system, in the
 * stand-in cloud and a real API server. Every run has its own seed, the one before plus one: `--seed S --runs 1` has it again.
 * Ends with 1 when something did not hold, with the sequence shrunk to what matters.
 */
import { parseArgs } from "node:util";
import { ensureTools } from "../../embedded/toolchain/ensure";
import { toolContext } from "../../embedded/toolchain/context";
import { removePlane, startPlane, type TestPlane } from "../support/plane";
import { play, shrunk, stepsOf } from "./soak";
import { type Step, told } from "./steps";

const { values: flags } = parseArgs({
  options: { seed: { type: "string" }, runs: { type: "string" }, steps: { type: "string" } },
});

const lines = (steps: readonly Step[]): string => steps.map(told).join("; ");

async function one(steps: readonly Step[], name: string, plane: TestPlane): Promise<boolean> {
  const began = Date.now();
  const troubles = await play(steps, plane.file);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(`${troubles.length === 0 ? "held  " : "FAILED"}  ${name}, ${seconds} s: ${lines(steps)}`);
  if (troubles.length === 0) return true;
  for (const trouble of troubles) console.log(`    ${trouble}`);
  const least = await shrunk(steps, async (fewer) => (await play(fewer, plane.file)).length > 0);
  console.log(`    shrunk to: ${lines(least)}`);
  console.log(`    again with: npm run soak -- --steps '${JSON.stringify(least)}'`);
  return false;
}

async function all(plane: TestPlane): Promise<number> {
  if (flags.steps !== undefined) return (await one(JSON.parse(flags.steps) as Step[], "as given", plane)) ? 0 : 1;
  const first = Number(flags.seed ?? Date.now() % 1_000_000);
  const runs = Number(flags.runs ?? 10);
  console.log(`seed ${first}, ${runs} runs`);
  let failed = 0;
  for (let at = 0; at < runs; at += 1) if (!(await one(stepsOf(first + at), `seed ${first + at}`, plane))) failed += 1;
  console.log(`${runs - failed} of ${runs} runs held`);
  return failed;
}

async function main(): Promise<void> {
  const { pulumi } = await ensureTools(["pulumi"], toolContext());
  process.env["KEELSON_TEST_PULUMI"] ??= pulumi.path;
  const plane = await startPlane();
  const stop = (): void => void removePlane(plane).finally(() => process.exit(130));
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, stop);
  try {
    process.exitCode = (await all(plane)) === 0 ? 0 : 1;
  } finally {
    await removePlane(plane);
  }
}

void main();
