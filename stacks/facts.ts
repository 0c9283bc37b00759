/** What objects and charts depend on, picked from the settings of a stack. */
import { type EdgeFacts, type Facts } from "../components/kubernetes/facts";
import { type Scope } from "../components/names";
import { type Settings } from "./schema";

export const scopeOf = (settings: Settings): Scope => ({
  organisation: settings.organisation,
  system: settings.system,
  stage: settings.stage,
  region: settings.cloud.region,
  regionRole: settings.role,
  account: settings.cloud.account,
  owner: settings.owner,
  costCentre: settings.costCentre,
});

export const factsOf = (settings: Settings): Facts => ({
  scope: scopeOf(settings),
  host: settings.edge.host,
  kubernetes: settings.cluster.version,
  keep: settings.protection.mode === "retain",
  waf: settings.edge.waf,
  edge: edgeFacts(settings.edge),
  broker: settings.broker,
  monitoring: settings.monitoring,
  services: settings.services,
  stores: settings.stores,
  backup: settings.backup,
  delivery: settings.delivery,
});

/** The schema refuses Kong without an issuer, and an edge without a zone. */
function edgeFacts({ kind, zone, host, certificates }: Settings["edge"]): EdgeFacts {
  if (kind === "alb" || certificates === undefined) return { kind: "alb" };
  return { kind: "kong", zone: zone?.name ?? host, certificates };
}
