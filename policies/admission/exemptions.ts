/**
 * Where a rule is not enforced at admission, as names of namespaces: Kubernetes' own, those whose objects nobody has judged
 * before, and those of waived objects. A waiver names one object, and its pods have other names: at admission it frees the
 * rule's whole namespace. One that expired frees it still, because the pack refuses the stack until the waiver is gone.
 */
import type { RuleFacts } from "../rule";
import { isForStack, readWaivers, waiverPath, type WaiverFile } from "../waiver";

export interface Place {
  /** The stack's stage: `dev` warns where others refuse. */
  readonly stage: string;
  /** The stack's name, for waivers that are of some stacks only. */
  readonly stack: string;
  /** Namespaces of charts and the like: a refusal there would meet what could not be judged beforehand. */
  readonly unjudged: readonly string[];
  readonly waivers: WaiverFile;
}

/** What the API server, its nodes and its add-ons keep for themselves. */
export const SYSTEM_NAMESPACES: readonly string[] = ["kube-node-lease", "kube-public", "kube-system"];

/** Sorted. A namespace itself is ours, whatever comes into it: only waivers free one. */
export function exemptNamespaces(rule: RuleFacts, place: Place): readonly string[] {
  const { admission } = rule;
  const ofNamespaces = admission?.over === "objects" && admission.of.some(isNamespaces);
  const names = [...SYSTEM_NAMESPACES, ...(ofNamespaces ? [] : place.unjudged), ...waivedNamespaces(rule, place)];
  return [...new Set(names)].toSorted();
}

const isNamespaces = ({ resources }: { readonly resources: readonly string[] }): boolean =>
  resources.includes("namespaces");

const waivedNamespaces = ({ id }: RuleFacts, { waivers, stack }: Place): readonly string[] =>
  waivers.waivers
    .filter((waiver) => waiver.rule === id && isForStack(waiver, stack))
    .flatMap(({ object }) => namespaceIn(object) ?? []);

/** Of `apps/v1/DaemonSet velero/node-agent` and of `v1/Namespace velero`; none where a star stands for it. */
function namespaceIn(object: string): string | undefined {
  const [, kind, namespace, name] = /^\S*\/(\S+) (?:([^/]+)\/)?([^/]+)$/.exec(object) ?? [];
  const found = namespace ?? (kind === "Namespace" ? name : undefined);
  return found?.includes("*") === true ? undefined : found;
}

/** The waivers that the pack itself goes by: beside its sources, or where `KEELSON_WAIVERS` says. */
export const packWaivers = (): WaiverFile => readWaivers(waiverPath(process.env));
