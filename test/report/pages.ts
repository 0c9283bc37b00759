/** Report pages of the repository's own stacks, from verdicts of the same rules on what they render: no engine is needed. */
import { type Plan } from "../../embedded/engine/plan";
import { type ObjectVerdict } from "../../embedded/engine/records";
import { type Manifest } from "../../graph/manifest";
import { judge } from "../../policies/judge";
import { NOT_KNOWN } from "../../policies/value";
import { readWaivers, waiverPath } from "../../policies/waiver";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import { siteOf } from "../../stacks/sites";
import { readStackFile } from "../../stacks/stack-file";
import { servicesIn } from "../../cli/parts";
import { placesOf } from "../../cli/plan-places";
import { type ReportInput } from "../../cli/report/input";
import { type Stack } from "../../cli/stack";
import { subjectsOf } from "../../cli/subjects";
import { ROOT } from "../architecture/sources";

export const TODAY = "2026-11-25";

export const stackNamed = (name: string): Stack => {
  const settings = readStackFile(ROOT, name);
  return { name, settings, graph: compileStack(settings) };
};

export const EMPTY_PLAN: Plan = {
  resources: [],
  removed: [],
  changes: {},
  outputsChange: false,
  closedCharts: [],
  violations: [],
  warnings: [],
  seconds: 1,
  verdicts: {},
  ofStack: [],
  unexpanded: [{ urn: "u", chart: "velero", version: "11.0.0", repository: "r", reason: "no network" }],
  dryRun: [],
  stateSize: 0,
  unsigned: [],
  impact: [],
  protectionChanges: false,
};

export type Edit = (manifest: Manifest) => unknown;

/** The verdicts on a stack's objects after an edit of each; an edit that returns nothing takes the object away. */
export function verdictsOn(
  { name, graph, settings }: Stack,
  edit: Edit = (manifest) => manifest,
): readonly ObjectVerdict[] {
  const own = stackObjects(graph, settings).map(({ manifest }) => manifest);
  const manifests = [...own, ...siteOf(settings).beside(NOT_KNOWN)].map(edit);
  const waivers = readWaivers(waiverPath({}));
  return judge(
    manifests.filter((manifest) => manifest !== undefined),
    { waivers, stackName: name, today: TODAY },
  ).objects;
}

export function inputOf(stack: Stack, verdicts: readonly ObjectVerdict[], plan: Partial<Plan> = {}): ReportInput {
  const whole = { ...EMPTY_PLAN, ...plan };
  return {
    stack: stack.name,
    graph: stack.graph,
    plan: whole,
    subjects: subjectsOf(whole, verdicts, servicesIn(stack.graph)),
    placeOf: placesOf(stack, ROOT),
    today: TODAY,
  };
}

/** A stack with a violation on a service, and on the platform, where no picture shows it. */
export const broken: Edit = (manifest) => {
  const { kind, metadata } = manifest;
  if (kind === "NetworkPolicy" && metadata.namespace === "user-service") return undefined;
  if (kind === "Namespace" && metadata.name === "platform-system")
    return { ...manifest, metadata: { ...metadata, labels: {} } };
  return manifest;
};
