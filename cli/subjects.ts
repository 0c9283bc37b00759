/**
 * Everything that has a verdict in a plan, with whom it belongs to: what Pulumi would register, as the pack judged it in
 * the engine, and what Argo CD would apply, judged here by the same rules, because no engine sees it.
 */
import { type Plan } from "../embedded/engine/plan";
import { type Finding, type ObjectVerdict, type Waived } from "../embedded/engine/records";
import { judge } from "../policies/judge";
import { readWaivers, waiverPath } from "../policies/waiver";
import { NOT_KNOWN } from "../policies/value";
import { stackObjects } from "../stacks/objects";
import { siteOf } from "../stacks/sites";
import { isContainer, type Owner, ownerOf, type Services, servicesIn } from "./parts";
import { type Stack } from "./stack";

export interface Subject {
  readonly object: ObjectVerdict;
  readonly owner: Owner;
  readonly by: "pulumi" | "argocd";
}

/** Verdicts on what Argo CD applies; the joins see the whole stack, closed charts included. Nothing where Pulumi delivers. */
export function judgeDelivered({ name, graph, settings }: Stack, plan: Plan): readonly ObjectVerdict[] {
  if (settings.delivery.by === "pulumi") return [];
  const owned = stackObjects(graph, settings);
  const manifests = [
    ...owned.map(({ manifest }) => manifest),
    ...siteOf(settings).beside(NOT_KNOWN),
    ...plan.unexpanded.map(({ chart }) => ({ apiVersion: "helm.sh/v4", kind: "Chart", metadata: { name: chart } })),
  ];
  const stage = settings.stage === "dev" ? "dev" : "prod";
  const { objects } = judge(manifests, { stage, stackName: name, waivers: readWaivers(waiverPath(process.env)) });
  return objects.filter((_, at) => owned[at]?.owner === "delivery");
}

/** What a reviewer decides on; components and charts hold nothing of their own. */
export function subjectsOf(
  plan: Plan,
  delivered: readonly ObjectVerdict[] = [],
  services: Services = new Map(),
): readonly Subject[] {
  const registered = Object.values(plan.verdicts).filter(({ urn }) => !isContainer(urn ?? ""));
  return [
    ...registered.map((object): Subject => ({ object, owner: ownerOf(object, services), by: "pulumi" })),
    ...delivered.map((object): Subject => ({ object, owner: ownerOf(object, services), by: "argocd" })),
  ];
}

/** All of a stack's. */
export const subjectsIn = (stack: Stack, plan: Plan): readonly Subject[] =>
  subjectsOf(plan, judgeDelivered(stack, plan), servicesIn(stack.graph));

/** Something found, with where. */
export interface Found<F extends Finding = Finding> {
  readonly where: string;
  readonly finding: F;
  readonly subject?: Subject;
}

export const isMust = ({ finding }: Found): boolean => finding.enforcement === "mandatory";

/** `Deployment order-service/order` */
export const nameOf = ({ kind, name, namespace }: ObjectVerdict): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

/** Violations that nobody waived, those of the stack as a whole last. */
export const violationsOf = (subjects: readonly Subject[], { ofStack }: Plan): readonly Found[] => [
  ...subjects.flatMap((subject) =>
    subject.object.violations.map((finding) => ({ where: nameOf(subject.object), finding, subject })),
  ),
  ...ofStack.map((finding) => ({ where: "the stack", finding })),
];

/** Violations that somebody answers for, those whose time ends first before the others. */
export const waivedOf = (subjects: readonly Subject[]): readonly Found<Waived>[] =>
  subjects
    .flatMap((subject) => subject.object.waived.map((finding) => ({ where: nameOf(subject.object), finding, subject })))
    .toSorted((a, b) => (a.finding.waiver.expires < b.finding.waiver.expires ? -1 : 1));

/** How many violations of what Argo CD would apply must not be: the engine does not count them. */
export const mandatoryDelivered = (subjects: readonly Subject[]): number =>
  subjects
    .filter(({ by }) => by === "argocd")
    .flatMap(({ object }) => object.violations)
    .filter(({ enforcement }) => enforcement === "mandatory").length;
