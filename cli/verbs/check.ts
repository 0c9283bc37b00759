/** `keelson check FILE…`: the pack's rules on any manifests, say the output of `helm template`. */
import { describe, InvalidInput, type Problem } from "../../graph/problems";
import { judge, type JudgeOptions } from "../../policies/judge";
import { type VerdictDocument } from "../../policies/verdicts";
import { readWaivers, waiverPath } from "../../policies/waiver";
import { checkDocument } from "../check-json";
import { checkReport } from "../check-report";
import { type ExitCode, exitCodes } from "../exit-codes";
import { type Manifest, parseManifests } from "../manifests/manifests";
import { gather } from "../manifests/sources";
import { checkRun, type PlaceOf } from "../sarif/check-run";
import { writeSarif } from "../sarif/write";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";
import { fileOf } from "../write-result";

type Level = NonNullable<JudgeOptions["level"]>;

const LEVELS: readonly string[] = ["baseline", "restricted"] satisfies readonly Level[];

const isLevel = (given: unknown): given is Level => typeof given === "string" && LEVELS.includes(given);

function levelOf({ flags }: Arguments): { readonly level?: Level } {
  const given = flags["level"];
  if (given === undefined) return {};
  if (isLevel(given)) return { level: given };
  const problem = { where: "--level", got: `"${given}"`, want: LEVELS.join(" or "), mend: "write --level restricted" };
  throw new InvalidInput([problem]);
}

/** Verdicts come in the order of the manifests. */
function placesIn({ objects }: VerdictDocument, manifests: readonly Manifest[]): PlaceOf {
  const places = new Map(objects.map((object, at) => [object, manifests[at]?.place]));
  return (object, path) => {
    const place = places.get(object);
    return { file: place?.file ?? "", line: place?.lineOf(path) ?? 1 };
  };
}

/** A line each, as a compiler would: editors and CI read them. */
function refuseAll(problems: readonly Problem[], { note }: Terminal): ExitCode {
  for (const problem of problems) note(describe(problem));
  return exitCodes.badInput;
}

function show(verdicts: VerdictDocument, placeOf: PlaceOf, { flags }: Arguments): readonly string[] {
  if (flags["json"] === true) return [JSON.stringify(checkDocument(verdicts), undefined, 2)];
  return checkReport(verdicts, (object, path) => {
    const { file, line } = placeOf(object, path);
    return `${file}:${line}`;
  });
}

/** Prints and writes what was found, and says how it ends. */
function tell(verdicts: VerdictDocument, placeOf: PlaceOf, args: Arguments, terminal: Terminal): ExitCode {
  const sarif = fileOf(args, "sarif");
  if (sarif !== undefined) writeSarif(sarif, checkRun(verdicts, placeOf));
  for (const line of show(verdicts, placeOf, args)) terminal.out(line);
  return verdicts.summary.mandatory > 0 ? exitCodes.failed : exitCodes.done;
}

function runOnFiles(args: Arguments, terminal: Terminal): ExitCode {
  const level = levelOf(args);
  const { sources, problems } = gather(args.words);
  const { manifests, problems: unusable } = parseManifests(sources);
  const wrong = [...problems, ...unusable];
  if (wrong.length > 0) return refuseAll(wrong, terminal);
  const values = manifests.map(({ value }) => value);
  const verdicts = judge(values, { ...level, waivers: readWaivers(waiverPath(process.env)) });
  return tell(verdicts, placesIn(verdicts, manifests), args, terminal);
}

/** The engine and all that goes with it are loaded only when they are asked for. */
async function runOnState(args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { checkState } = await import("../check-state.js");
  const { placeOfVerdicts } = await import("../plan-places.js");
  const { stack, document } = await checkState(args, terminal);
  return tell(document, placeOfVerdicts(stack, terminal.checkout), args, terminal);
}

export const run: Run = async (args, terminal) =>
  args.flags["state"] === true ? runOnState(args, terminal) : runOnFiles(args, terminal);
