/** Parts of the platform that a stack has because of its edge, its broker, its certificates, its monitoring or its logs. */
import { certificateActors } from "../components/certificates/certificate-actors";
import { kongActors } from "../components/edge/kong-actors";
import { type Facts, usesCertificates } from "../components/kubernetes/facts";
import { messagingActors } from "../components/messaging/messaging-actors";
import { logActors } from "../components/observability/log-actors";
import { monitoringActors } from "../components/observability/monitoring-actors";
import { type Actor, type Landscape } from "../graph/landscape";
import { factsOf } from "./facts";
import { type Settings } from "./schema";

export function systemActors(settings: Settings, internet: Landscape["internet"]): readonly Actor[] {
  const facts = factsOf(settings);
  return [
    ...(facts.edge.kind === "kong" ? kongActors(internet) : []),
    ...(usesCertificates(facts) ? certificateActors(internet, publicIssuerOf(facts)) : []),
    ...(facts.broker === undefined ? [] : messagingActors),
    ...(facts.monitoring === undefined ? [] : monitoringActors(facts, internet)),
    ...(facts.logs === undefined ? [] : logActors(facts.logs, internet)),
  ];
}

const publicIssuerOf = ({ edge }: Facts): string | undefined =>
  edge.kind === "kong" ? edge.certificates.server : undefined;
