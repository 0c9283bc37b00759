/** Stores and the broker where a stack has placed them: their nodes, the ports clients need, and what their members need. */
import { BROKER_PORTS, type BrokerPlacement } from "./broker";
import { type Landscape, type StorePlacement } from "./landscape";
import { type Edge, type Node } from "./model";
import { distinctPorts, type Port, tcp } from "./port";
import { type Store, STORE_PORTS } from "./store";

export const storePorts = ({ kind }: Store, placement: StorePlacement | undefined): readonly Port[] =>
  distinctPorts([tcp(placement?.port ?? STORE_PORTS[kind]), ...(placement?.clientPorts ?? [])]);

/** Topics without a broker are a problem of their own, reported by the checks. */
export const brokerNode = (broker: BrokerPlacement | undefined): readonly Node[] =>
  broker === undefined
    ? []
    : [
        {
          sharedNamespace: false,
          identity: false,
          id: brokerId(broker),
          kind: "broker",
          name: broker.name,
          place: broker.place,
          serves: [tcp(BROKER_PORTS[broker.flavour])],
          faces: broker.faces ?? [],
        },
      ];

const brokerId = ({ name }: BrokerPlacement): string => `broker/${name}`;

/** Where a store or the broker lives in this stack. */
export const placementOf = (
  { stores, broker }: Landscape,
  { kind, name }: Node,
): StorePlacement | BrokerPlacement | undefined =>
  kind === "store" ? stores[name] : kind === "broker" ? broker : undefined;

/** Every topic is reached through its broker; without one the edge leads nowhere, and the checks say so. */
export const topicTarget = (broker: BrokerPlacement | undefined): Pick<Edge, "to" | "kind" | "ports"> =>
  broker === undefined
    ? { to: "broker/", kind: "topic", ports: [] }
    : { to: brokerId(broker), kind: "topic", ports: [tcp(BROKER_PORTS[broker.flavour])] };
