/** Charts that a stack needs for its edge, its broker, its archives, its certificates or its monitoring, on every cloud. */
import { certManagerValues } from "../components/certificates/values";
import { type SecretSet } from "../components/data/secret-set";
import { archives } from "../components/data/data-actors";
import { kongValues } from "../components/edge/kong-values";
import { usesCertificates } from "../components/kubernetes/facts";
import { NAMESPACES } from "../components/kubernetes/namespaces";
import { messagingOperatorValues } from "../components/messaging/values";
import { monitoringValues } from "../components/observability/values";
import { type StackPlan } from "./plan";
import { type Platform, type WantedCharts } from "./platform";

interface Ground {
  readonly platform: Platform;
  readonly secrets: SecretSet;
}

/** In the order they are installed: whoever needs a certificate comes after their issuer. */
export const systemCharts = ({ facts, settings }: StackPlan, { platform, secrets }: Ground): WantedCharts => ({
  ...(usesCertificates(facts) && {
    "cert-manager": {
      namespace: NAMESPACES.certificates,
      values: certManagerValues(platform.proofs?.marks),
      after: platform.proofs?.ready ?? [],
    },
  }),
  ...(facts.edge.kind === "kong" && {
    kong: { namespace: NAMESPACES.ingress, values: kongValues(), afterCharts: ["gateway-crds", "cert-manager"] },
  }),
  ...(archives(settings.stores) && {
    "plugin-barman-cloud": {
      namespace: NAMESPACES.postgresOperator,
      values: ARCHIVER,
      afterCharts: ["cert-manager", "cloudnative-pg"],
    },
  }),
  ...(facts.broker !== undefined && {
    "rabbitmq-operators": {
      namespace: NAMESPACES.messagingOperators,
      values: messagingOperatorValues(),
      afterCharts: ["cert-manager"],
    },
  }),
  ...(facts.monitoring !== undefined && {
    "kube-prometheus-stack": {
      namespace: NAMESPACES.monitoring,
      values: monitoringValues(facts.monitoring),
      after: secrets.inNamespace(NAMESPACES.monitoring),
      afterCharts: ["cert-manager"],
    },
  }),
});

const ARCHIVER = { resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } } } as const;
