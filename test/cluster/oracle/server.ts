/**
 * The API server as the one who knows: a server-side dry run in a namespace that enforces a level is its verdict on a pod,
 * and the warning that comes with a workload is its verdict on the template. Nothing is stored but the namespaces.
 */
import { ApiError, type ApiClient, type Call } from "../../../embedded/plane/api";
import type { Manifest } from "../../../graph/manifest";
import { controlsIn, controlsOf, LEVELS, withoutImplied, type Control, type Level } from "./controls";
import type { Fields } from "./edit";
import type { Template } from "./pods";

/** One verdict of either side on the same object at the same level. Without broken controls it is admitted. */
export interface Comparison {
  readonly surface: string;
  readonly level: Level;
  readonly name: string;
  readonly theirs: readonly Control[];
  readonly ours: readonly Control[];
  readonly object: unknown;
}

/** Refused wherever it is sent, by something else than Pod Security: nothing to compare. */
export interface Discarded {
  readonly surface: string;
  readonly why: string;
}

export interface Compared {
  readonly comparisons: readonly Comparison[];
  readonly discarded: readonly Discarded[];
}

const MANAGER = "keelson-test";
const AT_ONCE = 16;

/** Namespaces by what they do: enforce a level, or only warn of it. */
export const enforcing = (level: Level | "privileged"): string => `enforce-${level}`;
export const warning = (level: Level): string => `warn-${level}`;

const mode = (name: string, level: string, version: string): Readonly<Record<string, string>> => ({
  [`pod-security.kubernetes.io/${name}`]: level,
  [`pod-security.kubernetes.io/${name}-version`]: version,
});

const namespace = (name: string, labels: Readonly<Record<string, string>>): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

/** @param version the server's minor version, `v1.36`: every level is pinned to it. */
export const namespaces = (version: string): readonly Manifest[] => [
  namespace(enforcing("privileged"), mode("enforce", "privileged", version)),
  ...LEVELS.map((level) => namespace(enforcing(level), mode("enforce", level, version))),
  ...LEVELS.map((level) => namespace(warning(level), mode("warn", level, version))),
];

/** The namespace and the account its pods run under, which its controller may not have made yet. */
export async function establish(api: ApiClient, wanted: Manifest): Promise<void> {
  const owner = { fieldManager: MANAGER, force: true };
  await api.apply(wanted, owner);
  const metadata = { name: "default", namespace: wanted.metadata.name };
  await api.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata }, owner);
}

/** Runs work on many things, some at a time, and keeps their order. */
export async function together<T, R>(things: readonly T[], work: (thing: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  const queue = things.entries();
  const worker = async (): Promise<void> => {
    for (const [index, thing] of queue) done[index] = await work(thing);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
}

const DRY = "dryRun=All&fieldValidation=Strict";

/** What the server says to a call: the controls it names, or why it would not take the object anywhere. */
async function asked(api: ApiClient, call: Call): Promise<readonly Control[] | { readonly invalid: string }> {
  try {
    await api.call(call);
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.message.includes("violates PodSecurity") ? known(error.message) : { invalid: error.message };
  }
}

/** A refusal for a reason that this table does not know must not look like an admission. */
function known(message: string): readonly Control[] {
  const controls = controlsIn(message);
  if (controls.length === 0) throw new Error(`a control of Pod Security that is not in the table: ${message}`);
  return controls;
}

export interface Asked {
  readonly name: string;
  readonly surface: string;
  /** What our rules are shown. */
  readonly object: Fields;
  /** The same as a call in a namespace. */
  readonly call: (namespace: string) => Call;
}

/** The verdicts of both on one object, at each level; a reason to discard it when nobody takes it. */
export async function compare(api: ApiClient, wanted: Asked): Promise<Compared> {
  const { name, surface, object } = wanted;
  const answers = await Promise.all(LEVELS.map((level) => asked(api, wanted.call(enforcing(level)))));
  const comparisons = LEVELS.flatMap((level, index): readonly Comparison[] => {
    const theirs = answers[index] ?? [];
    if ("invalid" in theirs) return [];
    const sides = {
      theirs: withoutImplied(theirs, object["spec"]),
      ours: withoutImplied(controlsOf(object, level), object["spec"]),
    };
    return [{ surface, level, name, object, ...sides }];
  });
  if (comparisons.length === LEVELS.length) return { comparisons, discarded: [] };
  const anywhere = await asked(api, wanted.call(enforcing("privileged")));
  if (comparisons.length > 0 || !("invalid" in anywhere))
    throw new Error(`${name}: refused at one level, and not by Pod Security: ${JSON.stringify(answers)}`);
  return { comparisons: [], discarded: [{ surface, why: anywhere.invalid }] };
}

export const podCreation = (name: string, { metadata, spec }: Template): Asked => {
  const object = { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "oracle" }, spec };
  const call = (place: string): Call => ({
    method: "POST",
    path: `/api/v1/namespaces/${place}/pods?${DRY}`,
    body: object,
  });
  return { name, surface: "pods", object, call };
};

/**
 * A container added to the pod that stands there, through its subresource: neither a new pod nor a template may have one.
 * The server judges the pod as it would become.
 */
export const ephemeralContainer = (name: string, pod: Manifest, container: Fields): Asked => {
  const change = { spec: { ephemeralContainers: [container] } };
  const object = { ...pod, spec: { ...(pod["spec"] as Fields), ...change.spec } };
  const call = (place: string): Call => ({
    method: "PATCH",
    path: `/api/v1/namespaces/${place}/pods/${pod.metadata.name}/ephemeralcontainers?${DRY}`,
    contentType: "application/strategic-merge-patch+json",
    body: change,
  });
  return { name, surface: "ephemeral containers", object, call };
};

export interface WorkloadKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its path below the namespace. */
  readonly resource: string;
  readonly holds: (template: Template) => Fields;
}

/** Workloads are let in, with a warning where their pods would not be. */
export async function compareWorkload(
  api: ApiClient,
  { apiVersion, kind, resource, holds }: WorkloadKind,
  { name, pod }: { readonly name: string; readonly pod: Template },
): Promise<Compared> {
  const object = { apiVersion, kind, metadata: { name: "oracle" }, ...holds(pod) };
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const answers = await Promise.all(
    LEVELS.map(async (level): Promise<Comparison | Discarded> => {
      const heard: string[] = [];
      const path = `${root}/namespaces/${warning(level)}/${resource}?${DRY}`;
      const call = { method: "POST", path, body: object, onWarning: (text: string) => heard.push(text) } as const;
      const answer = await asked(api, call);
      if ("invalid" in answer) return { surface: kind, why: answer.invalid };
      const theirs = heard.filter((text) => text.includes("would violate PodSecurity")).flatMap(known);
      return { surface: kind, level, name, object, theirs, ours: controlsOf(object, level) };
    }),
  );
  return {
    comparisons: answers.filter((answer) => "level" in answer),
    discarded: answers.filter((answer): answer is Discarded => "why" in answer).slice(0, 1),
  };
}
