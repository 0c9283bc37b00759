/** Everything a stack will be made of, as data: the graph, the objects and who owns them, the Secrets, the scope. */
import { type PlannedSecret, plannedSecrets } from "../components/data/credential-objects";
import { configuredIn } from "../components/data/secret-set";
import { ownedBy, type Owned } from "../components/delivery/owned";
import { type Facts } from "../components/kubernetes/facts";
import { ADMISSION_KINDS } from "../components/kubernetes/kinds";
import { type Scope } from "../components/names";
import { type Protection } from "../components/protection";
import { type Graph } from "../graph/model";
import { compileStack } from "./compile";
import { factsOf } from "./facts";
import { stackObjects } from "./objects";
import { type Settings } from "./schema";

export interface StackPlan<S extends Settings = Settings> {
  readonly settings: S;
  readonly graph: Graph;
  readonly facts: Facts;
  readonly scope: Scope;
  readonly protection: Protection;
  /** Namespaces, what is refused at admission, and policies of pods that must talk before anything else can run. */
  readonly foundation: readonly Owned[];
  /** Pulumi's other objects. */
  readonly objects: readonly Owned[];
  readonly secrets: readonly PlannedSecret[];
}

/** @throws InvalidInput with everything wrong, before anything is registered. */
export function planStack<S extends Settings>(settings: S): StackPlan<S> {
  const graph = compileStack(settings);
  const facts = factsOf(settings);
  const ours = ownedBy("pulumi", stackObjects(graph, settings));
  return {
    settings,
    graph,
    facts,
    scope: facts.scope,
    protection: settings.protection,
    foundation: ours.filter(comesFirst),
    objects: ours.filter((owned) => !comesFirst(owned)),
    secrets: plannedSecrets(graph, facts),
  };
}

const FIRST: readonly string[] = ["Namespace", "NetworkPolicy", "CiliumNetworkPolicy", ...ADMISSION_KINDS];

const comesFirst = ({ manifest }: Owned): boolean => FIRST.includes(manifest.kind);

/** The secret that a Git host signs its webhooks with. */
export const WEBHOOK = "webhook";

/** Configuration keys of the secrets that a stack's program reads: `keelson:stripeCredential`. */
export function secretKeys(settings: Settings): readonly string[] {
  const { delivery } = settings;
  const signed = delivery.by === "argocd" && delivery.repository.webhook !== "none";
  const keys = [...configuredIn(planStack(settings).secrets), ...(signed ? [WEBHOOK] : [])];
  return keys.map((key) => `keelson:${key}Credential`);
}
