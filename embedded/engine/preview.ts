/**
 * A preview: what a run would do, with every resource's dependencies, and what the pack says. Changes nothing.
 * Reads the engine's own JSON, because its events name no dependencies.
 */
import { type EngineEvent } from "./engine-events";
import { PolicyRefused, RunFailed } from "./failures";
import { type Chart } from "./records";
import { type Outcome, type Session, engine, errorsOf, failuresOf, packArgs } from "./session";
import { type Impact, impacts } from "./impact";
import { nameOf } from "./state";
import { protectionChanges, type Step, touched } from "./touched";

export interface PlannedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; null for the stack itself. */
  readonly parent: string | null;
  readonly dependencies: readonly string[];
  /** What the engine would do: `create`, `update`, `replace`, `same`, `read`, … */
  readonly op: string;
}

export type Violation = Extract<EngineEvent, { kind: "violation" }>;

export interface Preview {
  readonly resources: readonly PlannedResource[];
  /** URNs that the run would remove. */
  readonly removed: readonly string[];
  /** What the run would do to each resource that exists or will. */
  readonly impact: readonly Impact[];
  /** Charts that came without their objects, because their cluster is not known before `up`. */
  readonly closedCharts: readonly Chart[];
  /** How many resources per operation. */
  readonly changes: Readonly<Record<string, number>>;
  /** Whether the stack's outputs would change; the engine does not count them as a change. */
  readonly outputsChange: boolean;
  /** Whether a resource that stays as it is gets protected or retained, or no longer; no change to the engine either. */
  readonly protectionChanges: boolean;
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
  readonly seconds: number;
}

interface Digest {
  readonly steps?: readonly Step[];
  readonly changeSummary?: Readonly<Record<string, number>>;
}

/** The JSON document among what the engine printed; warnings may stand before it. */
function digestOf(stdout: string): Digest | undefined {
  const start = stdout.startsWith("{") ? 0 : stdout.indexOf("\n{") + 1;
  try {
    return JSON.parse(stdout.slice(start, stdout.lastIndexOf("}") + 1)) as Digest;
  } catch {
    return undefined; // it failed before it had anything to print
  }
}

function planned({ op, urn, newState }: Step): PlannedResource[] {
  if (newState === undefined) return [];
  const { type, parent, dependencies } = newState;
  return [{ urn, type, name: nameOf(urn), parent: parent ?? null, dependencies: [...(dependencies ?? [])].sort(), op }];
}

/** A replacement shows as several steps; the one that names the new state stays. */
function resourcesOf(steps: readonly Step[]): readonly PlannedResource[] {
  const byUrn = new Map(steps.flatMap(planned).map((resource) => [resource.urn, resource]));
  return [...byUrn.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

const chartType = "kubernetes:helm.sh/v4:Chart";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The engine never calls the provider of a cluster it does not know, so nobody else can tell of these. */
function closedChartsOf(steps: readonly Step[]): readonly Chart[] {
  const parents = new Set(steps.map(({ newState }) => newState?.parent));
  return steps.flatMap(({ urn, newState }) => {
    if (newState?.type !== chartType || parents.has(urn)) return [];
    const { chart, version, repositoryOpts } = newState.inputs ?? {};
    const repository = text(Object(repositoryOpts).repo);
    const reason = "its contents come from the chart repository once the cluster is known, at `up`";
    return [{ urn, chart: text(chart) || nameOf(urn), version: text(version), repository, reason }];
  });
}

const isViolation = (event: EngineEvent): event is Violation => event.kind === "violation";

function warningsOf(events: readonly EngineEvent[]): readonly string[] {
  const messages = events.flatMap((event) =>
    event.kind === "diagnostic" && event.severity === "warning" ? [event.message] : [],
  );
  return [...new Set(messages)];
}

function read(outcome: Outcome, digest: Digest, seconds: number): Preview {
  const steps = digest.steps ?? [];
  const resources = resourcesOf(steps);
  const kept = new Set(resources.map(({ urn }) => urn));
  return {
    resources,
    removed: [...new Set(steps.map(({ urn }) => urn).filter((urn) => !kept.has(urn)))].sort(),
    impact: impacts(touched(steps)),
    closedCharts: closedChartsOf(steps),
    changes: digest.changeSummary ?? {},
    outputsChange: outcome.events.some((event) => event.kind === "outputs" && event.changed),
    protectionChanges: protectionChanges(steps),
    violations: outcome.events.filter(isViolation),
    warnings: warningsOf(outcome.events),
    seconds,
  };
}

const isMandatory = ({ level }: Violation): boolean => level === "mandatory";

/** Previews the session's stack. Throws `RunFailed` when it cannot be planned; violations are part of the result. */
export async function preview(session: Session): Promise<Preview> {
  const began = performance.now();
  const outcome = await engine(session, ["preview", "--json", "--show-sames", ...packArgs(session)]);
  const digest = digestOf(outcome.stdout);
  const judgedBad = outcome.events.some((event) => isViolation(event) && isMandatory(event));
  const failed = digest === undefined || (outcome.code !== 0 && (!judgedBad || errorsOf(outcome.events).length > 0));
  if (failed) throw new RunFailed(failuresOf(outcome, outcome.events), session.files.logs);
  return read(outcome, digest, (performance.now() - began) / 1000);
}

/** The number of mandatory violations. */
export const mandatory = (found: Preview): number => found.violations.filter(isMandatory).length;

/** Throws when the pack forbids what was previewed. */
export function refuseViolations(found: Preview): void {
  const count = mandatory(found);
  if (count > 0) throw new PolicyRefused(count);
}

/** Whether the run would change anything. */
export const changesNothing = ({ changes, outputsChange, protectionChanges: options }: Preview): boolean =>
  !outputsChange &&
  !options &&
  Object.entries(changes).every(([op, count]) => op === "same" || op === "read" || count === 0);
