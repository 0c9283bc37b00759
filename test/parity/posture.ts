/**
 * How the rules judge the objects: for every rule, and every kind of object of every part, the verdict. Judged as `plan`
 * judges them: with what registers an output of the cloud beside them, and charts that are not opened.
 */
import { type Manifest } from "../../graph/manifest";
import { judge } from "../../policies/judge";
import { type ObjectVerdict, type VerdictDocument } from "../../policies/verdicts";
import { stageNamed } from "../../policies/enforcement";
import { NOT_KNOWN } from "../../policies/value";
import { readWaivers, type WaiverFile, waiverPath } from "../../policies/waiver";
import { siteOf } from "../../stacks/sites";
import { type Line } from "./aspects";
import { type Combination } from "./combinations";
import { roleOf } from "./roles";

export function postureOf(combination: Combination): readonly Line[] {
  const manifests = objectsOf(combination);
  return verdictsOf(combination).objects.flatMap((verdict, at) => {
    const manifest = manifests[at];
    return manifest === undefined ? [] : linesOf(roleOf(combination.graph, manifest), verdict);
  });
}

/** The verdicts, in the order of the objects. */
export const verdictsOf = (combination: Combination): VerdictDocument =>
  judge([...objectsOf(combination), CLOSED_CHART], {
    stage: stageNamed(combination.stage),
    waivers: anyones(readWaivers(waiverPath(process.env))),
  });

const objectsOf = ({ objects, settings }: Combination): readonly Manifest[] => [
  ...objects.map(({ manifest }) => manifest),
  ...siteOf(settings).beside(NOT_KNOWN),
];

/** Waivers name stacks of the repository. One that is carried elsewhere has what any of them has. */
const anyones = ({ waivers, problems }: WaiverFile): WaiverFile => ({
  problems,
  waivers: waivers.map(({ rule, object, reason, owner, expires }) => ({ rule, object, reason, owner, expires })),
});

/** Every place installs charts, and no rule can say what is in them. */
const CLOSED_CHART = { apiVersion: "helm.sh/v4", kind: "Chart", metadata: { name: "of the platform" } };

/**
 * `pod-run-as-non-root passed on Deployment of service payment`. Whether there is such an object is a line of its own; what
 * is good of it compares among the places that have it, what is not good among all.
 */
function linesOf(role: string, verdict: ObjectVerdict): readonly Line[] {
  return [
    { text: role },
    ...verdict.judged.map((rule) => {
      const outcome = outcomeOf(rule, verdict);
      const text = `${rule} ${outcome} on ${role}`;
      return outcome === "violated" || outcome === "waived" ? { text } : { text, among: role };
    }),
  ];
}

function outcomeOf(rule: string, { violations, waived, undecided, unchecked }: ObjectVerdict): string {
  const has = (list: readonly { readonly rule?: string }[]): boolean => list.some((each) => each.rule === rule);
  if (has(violations)) return "violated";
  if (has(waived)) return "waived";
  if (has(undecided)) return "undecided";
  return has(unchecked) ? "unchecked" : "passed";
}
