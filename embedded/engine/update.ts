/**
 * The runs that change a stack: up, refresh, destroy. Up always previews first and goes on only when that is clean,
 * because stack rules otherwise judge what already exists, and when nobody's data are lost unasked. Destroy refuses before it deletes anything.
 */
import { type EngineEvent } from "./engine-events";
import { refuseDataLoss } from "./data-loss";
import { removeForsaken } from "./forsaken";
import { Protected, RunFailed } from "./failures";
import { logFile } from "./engine-process";
import { type Plan, plan } from "./plan";
import { changesNothing, refuseViolations } from "./preview";
import { type Records, recorded } from "./records";
import { type Outcome, type Recovery, type Session, engine, failuresOf, packArgs, stateOf } from "./session";
import { type StateResource, nameOf, readResources, typeOf } from "./state";

export interface Changes {
  /** How many resources per operation; empty when there was nothing to do. */
  readonly changes: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly log: string;
}

type Env = Readonly<Record<string, string>>;

const applied = ["--yes", "--skip-preview"];

function summary(events: readonly EngineEvent[]): Omit<Changes, "log"> {
  const found = events.findLast((event) => event.kind === "summary");
  return { changes: found?.changes ?? {}, seconds: found?.seconds ?? 0 };
}

function changed(outcome: Outcome, log: string): Changes {
  if (outcome.code !== 0) throw new RunFailed(failuresOf(outcome, outcome.events), log);
  return { ...summary(outcome.events), log };
}

async function change(session: Session, verb: string, args: readonly string[]): Promise<Changes> {
  const log = logFile(session.files, verb);
  return changed(await engine(session, [verb, ...applied, ...args], log), log);
}

export interface UpSteps {
  /** Called with the plan, clean or not, before anything is refused or changed. */
  readonly planned?: (found: Plan) => void;
  /** Called when the preview is clean and there is something to change; what it returns is added to the environment. */
  readonly beforeChange?: () => Promise<Env>;
}

export interface Brought extends Changes {
  readonly plan: Plan;
  /** What was told while changing; undefined when nothing had to change. */
  readonly records: Records | undefined;
}

/** Previews, refuses what the pack forbids and what loses data, then brings the stack up. The caller holds the stack's lock. */
export async function up(session: Session, steps: UpSteps = {}): Promise<Brought> {
  await removeForsaken(session.files, readResources(stateOf(session)));
  const found = await plan(session);
  steps.planned?.(found);
  refuseViolations(found);
  refuseDataLoss(found.unsigned);
  session.interruption.check();
  const nothing = { changes: found.changes, seconds: found.seconds, log: session.files.logs };
  if (changesNothing(found)) return { ...nothing, plan: found, records: undefined };
  const surroundings = { ...session.env, ...(await steps.beforeChange?.()) };
  const run = (env: Env): Promise<Changes> =>
    change({ ...session, env: { ...surroundings, ...env } }, "up", packArgs(session));
  const [done, records] = await recorded(run);
  return { ...done, plan: found, records };
}

/** Compares the state with what the providers say, and takes over what differs. */
export const refresh = (session: Session): Promise<Changes> => change(session, "refresh", []);

/** What holds a stack's data: how to release a protected resource, as the stack's settings spell it. */
export type Release = (resource: StateResource) => string;

/** Throws `Protected` naming every protected resource and the setting that releases it. */
export function refuseProtected(session: Session, release: Release): void {
  const held = readResources(stateOf(session)).filter(({ protect, custom }) => protect === true && custom === true);
  const problems = held.map((resource) => ({
    where: `${typeOf(resource.urn)} ${nameOf(resource.urn)}`,
    got: "a protected resource",
    want: "one that may be deleted",
    mend: release(resource),
  }));
  if (problems.length > 0) throw new Protected(problems);
}

/** Resources that a destroy leaves behind by intent. */
export const retained = (session: Session): readonly StateResource[] =>
  readResources(stateOf(session)).filter(({ retainOnDelete }) => retainOnDelete === true);

/** Hooks on deletion exist only in the program; their names are in the state. */
const hasDeleteHooks = ({ resourceHooks }: StateResource): boolean =>
  Object.entries(resourceHooks ?? {}).some(([when, names]) => /delete/i.test(when) && (names ?? []).length > 0);

/**
 * Removes everything of the stack. Runs the program only when a resource has a hook on its deletion: after an `up` that
 * was cut off, the engine refuses a program whose providers do not exist yet.
 */
export async function destroy(session: Session, release: Release): Promise<Changes> {
  refuseProtected(session, release);
  await removeForsaken(session.files, readResources(stateOf(session)));
  const hooks = readResources(stateOf(session)).some(hasDeleteHooks);
  return change(session, "destroy", hooks ? ["--run-program"] : []);
}

const secretMark = "4dabf18193072939515e22adb298388d";

const shown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  if (secretMark in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
};

/** The stack's outputs with secrets hidden. */
export function outputsOf(session: Session): Readonly<Record<string, unknown>> {
  const stack = readResources(stateOf(session)).find(({ type }) => type === "pulumi:pulumi:Stack");
  return shown(stack?.outputs ?? {}) as Record<string, unknown>;
}

/** One sentence about what a dead run left, undefined when there was nothing. */
export function describeRecovery({ processes, locks, pending }: Recovery): string | undefined {
  if (processes + locks + pending.length === 0) return undefined;
  const parts = [
    `${processes} process(es) ended`,
    `${locks} lock(s) removed`,
    `${pending.length} operation(s) begun anew`,
  ];
  return `the last run did not end by itself: ${parts.join(", ")}`;
}
