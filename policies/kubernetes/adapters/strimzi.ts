/** Strimzi: brokers of a Kafka cluster or of a pool of it, its entity operator, and connectors. https://strimzi.io/docs/ */
import type { PolicyObject } from "../../object";
import type { Field } from "../../value";
import { type Adapter, partsOf, podFrom } from "./adapter";

const GROUP = "kafka.strimzi.io";
const OPERATOR = "Strimzi";

interface Part {
  /** Where the image, the resources and the template stand. */
  readonly at: Field;
  /** The container's name in `template`. */
  readonly container: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** `template.pod` is the pod, `template.<name>Container` its container. */
function podOf(object: PolicyObject, { at, container, labels }: Part): Field {
  const pod = at.at("template", "pod");
  return podFrom({
    labels,
    more: pod.at("metadata", "labels"),
    spec: {
      ...partsOf(pod),
      containers: [
        {
          name: container,
          image: at.at("image"),
          resources: at.at("resources"),
          ...partsOf(at.at("template", `${container}Container`)),
        },
      ],
    },
  });
}

const labels = (cluster: string, component: string): Readonly<Record<string, string>> => ({
  "strimzi.io/cluster": cluster,
  "strimzi.io/name": `${cluster}-${component}`,
});

const kafka: Adapter = {
  group: GROUP,
  kind: "Kafka",
  operator: OPERATOR,
  decides: ["spec.kafka.resources"],
  pods: (object) => {
    const spec = object.props.at("spec");
    const brokers = { at: spec.at("kafka"), container: "kafka", labels: labels(object.name, "kafka") };
    const entity = spec.at("entityOperator");
    const operator = { at: entity, container: "topicOperator", labels: labels(object.name, "entity-operator") };
    return [podOf(object, brokers), ...(entity.isKnown && !entity.isSet ? [] : [podOf(object, operator)])];
  },
};

/** A pool says by a label which cluster it is of. */
const pool: Adapter = {
  group: GROUP,
  kind: "KafkaNodePool",
  operator: OPERATOR,
  decides: ["spec.resources"],
  pods: (object) => {
    const cluster = object.props.at("metadata", "labels", "strimzi.io/cluster");
    const name = cluster.isKnown ? (cluster.text ?? "") : "";
    const own = { ...labels(name, "kafka"), "strimzi.io/pool-name": object.name };
    return [podOf(object, { at: object.props.at("spec"), container: "kafka", labels: own })];
  },
};

const connect: Adapter = {
  group: GROUP,
  kind: "KafkaConnect",
  operator: OPERATOR,
  decides: ["spec.resources"],
  pods: (object) => [
    podOf(object, { at: object.props.at("spec"), container: "connect", labels: labels(object.name, "connect") }),
  ],
};

export const STRIMZI = [kafka, pool, connect] as const;
