/** Why an object has no verdict: the closed world lists what no rule judges, with the reason, instead of skipping it. */
import { group, isType, type PolicyObject } from "./object";
import { CHART } from "./rules/charts";

/** Custom resources from which an operator makes pods that this pack does not see. */
const OPERATED: Readonly<Record<string, readonly string[]>> = {
  "postgresql.cnpg.io": ["Cluster", "Pooler"],
  "rabbitmq.com": ["RabbitmqCluster"],
  "kafka.strimzi.io": ["Kafka", "KafkaNodePool", "KafkaConnect"],
  "monitoring.coreos.com": ["Prometheus", "Alertmanager"],
  "velero.io": ["DataUpload", "DataDownload"],
};

export function reasonUnchecked(object: PolicyObject): string {
  if (isType(object, CHART))
    return "chart: what it installs is judged object by object once it can be rendered, not as a whole";
  if (object.type === "pulumi:pulumi:Stack") return "the stack itself";
  if (object.type.startsWith("pulumi:providers:")) return "a provider: settings for talking to a cloud";
  if (OPERATED[group(object)]?.includes(object.kind) === true)
    return "an operator makes pods from it that cannot be seen here";
  if (isComponent(object)) return "a component: its children are judged one by one";
  return "no rule knows this kind";
}

/** Only components have no provider; a plain manifest has none either, but is no Pulumi resource. */
const isComponent = ({ urn, provider }: PolicyObject): boolean => urn !== undefined && provider === undefined;
