/** Logins at the broker: one per service, known to the service and, for making it, to the operator. */
import { BROKER_PORTS } from "../../graph/broker";
import { serviceNamespace } from "../../graph/conventions";
import { brokerLogins } from "../../graph/derive/topics";
import { type Graph } from "../../graph/model";
import { type PlannedSecret, password, text } from "../data/planned-secret";
import { NAMESPACES } from "../kubernetes/namespaces";

/** Secret beside the broker from which the operator makes a service's user. */
export const userCredential = (broker: string, service: string): string => `${broker}-user-${service}`;

export function brokerSecrets(graph: Graph): readonly PlannedSecret[] {
  const { broker } = graph.landscape;
  if (broker === undefined) return [];
  return brokerLogins(graph).flatMap(({ service, secret }) => {
    const login = { username: text(service), password: password(broker.name, service) };
    const address = { host: text(broker.host), port: text(String(BROKER_PORTS[broker.flavour])) };
    return [
      {
        name: secret,
        namespace: serviceNamespace(service),
        type: "Opaque" as const,
        values: { ...address, vhost: text(graph.system.name), ...login },
      },
      {
        name: userCredential(broker.name, service),
        namespace: NAMESPACES.data,
        type: "Opaque" as const,
        values: login,
      },
    ];
  });
}
