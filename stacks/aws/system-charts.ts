/** Charts that a stack needs for its edge, its broker, its archives, its certificates or its monitoring. */
import { certManagerValues } from "../../components/certificates/values";
import { archives } from "../../components/data/data-actors";
import { kongValues } from "../../components/edge/kong-values";
import { usesCertificates } from "../../components/kubernetes/facts";
import { NAMESPACES } from "../../components/kubernetes/namespaces";
import { messagingOperatorValues } from "../../components/messaging/values";
import { monitoringValues } from "../../components/observability/values";
import { type StackPlan } from "../plan";
import { type Charts, type Ground } from "./charts";

type SystemChart = "cert-manager" | "kong" | "plugin-barman-cloud" | "rabbitmq-operators" | "kube-prometheus-stack";

/** In the order they are installed: whoever needs a certificate comes after their issuer. */
export function systemCharts({ facts, settings }: StackPlan, { edge, secrets }: Ground): Pick<Charts, SystemChart> {
  const { monitoring } = facts;
  return {
    "cert-manager": {
      namespace: NAMESPACES.certificates,
      values: certManagerValues(),
      after: edge.identities.certificates?.ready ?? [],
      needed: usesCertificates(facts),
    },
    kong: {
      namespace: NAMESPACES.ingress,
      values: kongValues(),
      afterCharts: ["gateway-crds", "cert-manager"],
      needed: facts.edge.kind === "kong",
    },
    "plugin-barman-cloud": {
      namespace: NAMESPACES.postgresOperator,
      values: ARCHIVER,
      afterCharts: ["cert-manager", "cloudnative-pg"],
      needed: archives(settings.stores),
    },
    "rabbitmq-operators": {
      namespace: NAMESPACES.messagingOperators,
      values: messagingOperatorValues(),
      afterCharts: ["cert-manager"],
      needed: facts.broker !== undefined,
    },
    "kube-prometheus-stack": {
      namespace: NAMESPACES.monitoring,
      values: monitoring === undefined ? {} : monitoringValues(monitoring),
      after: secrets.inNamespace(NAMESPACES.monitoring),
      afterCharts: ["cert-manager"],
      needed: monitoring !== undefined,
    },
  };
}

const ARCHIVER = { resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } } } as const;
