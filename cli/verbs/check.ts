/** `keelson check FILE…`: the pack's rules on any manifests, say the output of `helm template`. */
import { describe, InvalidInput, type Problem } from "../../graph/problems";
import { judge, type JudgeOptions } from "../../policies/judge";
import { type ObjectVerdict, type VerdictDocument } from "../../policies/verdicts";
import { readWaivers, waiverPath } from "../../policies/waiver";
import { checkDocument } from "../check-json";
import { checkReport, type Locate } from "../check-report";
import { type ExitCode, exitCodes } from "../exit-codes";
import { type Manifest, parseManifests } from "../manifests/manifests";
import { gather } from "../manifests/sources";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";

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
function locator({ objects }: VerdictDocument, manifests: readonly Manifest[]): Locate {
  const places = new Map<ObjectVerdict, Manifest>();
  objects.forEach((object, at) => {
    const manifest = manifests[at];
    if (manifest !== undefined) places.set(object, manifest);
  });
  return (object, path) => {
    const place = places.get(object)?.place;
    return place === undefined ? undefined : `${place.file}:${place.lineOf(path)}`;
  };
}

/** A line each, as a compiler would: editors and CI read them. */
function refuseAll(problems: readonly Problem[], { note }: Terminal): ExitCode {
  for (const problem of problems) note(describe(problem));
  return exitCodes.badInput;
}

export const run: Run = (args, terminal) => {
  const level = levelOf(args);
  const { sources, problems } = gather(args.words);
  const parsed = parseManifests(sources);
  const wrong = [...problems, ...parsed.problems];
  if (wrong.length > 0) return Promise.resolve(refuseAll(wrong, terminal));
  const values = parsed.manifests.map(({ value }) => value);
  const verdicts = judge(values, { ...level, waivers: readWaivers(waiverPath(process.env)) });
  const shown =
    args.flags["json"] === true
      ? [JSON.stringify(checkDocument(verdicts), undefined, 2)]
      : checkReport(verdicts, locator(verdicts, parsed.manifests));
  for (const line of shown) terminal.out(line);
  return Promise.resolve(verdicts.summary.mandatory > 0 ? exitCodes.failed : exitCodes.done);
};
