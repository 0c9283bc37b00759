/** RabbitMQ's cluster operator. https://www.rabbitmq.com/kubernetes/operator/using-operator */
import { type Adapter, listed, partsOf, podFrom } from "./adapter";

export const RABBITMQ: Adapter = {
  group: "rabbitmq.com",
  kind: "RabbitmqCluster",
  operator: "the RabbitMQ operator",
  decides: [],
  pods: (object) => {
    const spec = object.props.at("spec");
    const template = spec.at("override", "statefulSet", "spec", "template");
    const override = template.at("spec");
    return [
      podFrom({
        labels: { "app.kubernetes.io/name": object.name, "app.kubernetes.io/component": "rabbitmq" },
        more: template.at("metadata", "labels"),
        spec: {
          ...partsOf(override),
          containers: [
            { name: "rabbitmq", image: spec.at("image"), resources: spec.at("resources") },
            ...listed(override.at("containers")),
          ],
        },
      }),
    ];
  },
};
