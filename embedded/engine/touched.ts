/**
 * What the engine's own JSON says of each resource that a run would touch: the operation, which properties differ and how,
 * and what they were computed from. Paths only: a value is looked at to see whether it is known, and left behind.
 */
import { parsePath, valueAt } from "../standin/kubernetes/property-path";
import { hasUnknown, isUnknown, type Properties, type Value } from "../standin/values";
import { typeOf } from "./state";

export interface StepState {
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  /** `urn::id` of the provider. */
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
}

/** One step of `pulumi preview --json`; a replacement has several with one URN. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: StepState;
  readonly newState?: StepState;
  readonly replaceReasons?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, { readonly kind: string }>> | null;
}

export type Operation = "same" | "create" | "update" | "replace" | "delete" | "other";

export interface Touched {
  readonly urn: string;
  readonly type: string;
  readonly op: Operation;
  /** What tells the object that exists now from the next of its name: its uid in Kubernetes, else its id; empty for a new one. */
  readonly id: string;
  /** Paths of the properties that differ. */
  readonly changed: readonly string[];
  /** Those that force a replacement. */
  readonly replacing: readonly string[];
  /** Those whose new value is not known yet. */
  readonly unknown: readonly string[];
  /** URNs that each top-level property is computed from. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** URN of its provider; empty for a component. */
  readonly provider: string;
  readonly protect: boolean;
  readonly retain: boolean;
  /** Whether it says of itself that it holds nothing: a StatefulSet whose pods claim no volume. */
  readonly isEmpty: boolean;
}

/** The top-level property of a path: `spec` of `spec.rules[0].host`. */
export const topOf = (path: string): string => String(parsePath(path)[0] ?? path);

const REPLACING = new Set(["replace", "create-replacement", "delete-replaced", "import-replacement"]);
const PLAIN: Readonly<Record<string, Operation>> = {
  same: "same",
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
};

function operationOf(steps: readonly Step[]): Operation {
  if (steps.some(({ op }) => REPLACING.has(op))) return "replace";
  return PLAIN[steps.at(-1)?.op ?? ""] ?? "other";
}

/** Whether the new value at this path, or anything around or inside it, is not known yet. */
function isOpen(inputs: Properties, path: string): boolean {
  const steps = parsePath(path);
  const around = steps.map((_, depth): Value | undefined => valueAt(inputs, steps.slice(0, depth + 1)));
  return around.some(isUnknown) || hasUnknown(around.at(-1));
}

const sorted = (paths: readonly string[]): readonly string[] => [...new Set(paths)].sort();

/** The engine lists reasons in no order that two runs share, so paths go by name. */
function pathsOf(steps: readonly Step[]): Pick<Touched, "changed" | "replacing"> {
  const diffs = steps.flatMap(({ detailedDiff }) => Object.entries(detailedDiff ?? {}));
  const reasons = steps.flatMap(({ replaceReasons }) => replaceReasons ?? []);
  const forced = diffs.filter(([, { kind }]) => kind.endsWith("-replace")).map(([path]) => path);
  return { changed: sorted(diffs.map(([path]) => path)), replacing: sorted(forced.length > 0 ? forced : reasons) };
}

const providerOf = ({ provider = "" }: StepState): string => provider.slice(0, Math.max(0, provider.lastIndexOf("::")));

const sourcesOf = ({ propertyDependencies = {} }: StepState): Touched["sources"] =>
  Object.fromEntries(Object.entries(propertyDependencies).map(([name, urns]) => [name, [...(urns ?? [])].sort()]));

function identity({ id = "", outputs = {} }: StepState): string {
  const uid = valueAt(outputs, ["metadata", "uid"]);
  return typeof uid === "string" ? uid : id;
}

const claimsNothing = ({ type, inputs = {} }: StepState): boolean =>
  type === "kubernetes:apps/v1:StatefulSet" && valueAt(inputs, ["spec", "volumeClaimTemplates", 0]) === undefined;

function touchedBy(urn: string, steps: readonly Step[]): Touched {
  const now = steps.findLast(({ newState }) => newState !== undefined)?.newState;
  const before = steps.find(({ oldState }) => oldState !== undefined)?.oldState;
  const state = now ?? before ?? { type: typeOf(urn) };
  const paths = pathsOf(steps);
  const open = [...new Set([...paths.changed, ...paths.replacing])].filter((path) => isOpen(now?.inputs ?? {}, path));
  return {
    urn,
    type: state.type,
    op: operationOf(steps),
    id: before === undefined ? "" : identity(before),
    ...paths,
    unknown: open,
    sources: sourcesOf(state),
    provider: providerOf(state),
    protect: before?.protect === true,
    retain: before?.retainOnDelete === true,
    isEmpty: before !== undefined && claimsNothing(before),
  };
}

/** Every resource of the preview, by URN. */
export function touched(steps: readonly Step[]): readonly Touched[] {
  const byUrn = new Map<string, Step[]>();
  for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  return [...byUrn].map(([urn, own]) => touchedBy(urn, own)).sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** What becomes of an object when it goes: the engine records a change of it without counting one. */
const farewell = ({ protect = false, retainOnDelete = false, deletedWith = "" }: StepState): string =>
  JSON.stringify([protect, retainOnDelete, deletedWith]);

/** Whether a resource that stays as it is gets protected or retained, or no longer. */
export const protectionChanges = (steps: readonly Step[]): boolean =>
  steps.some(
    ({ op, oldState, newState }) =>
      op === "same" && oldState !== undefined && newState !== undefined && farewell(oldState) !== farewell(newState),
  );
