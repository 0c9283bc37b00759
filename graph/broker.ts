/** Where a stack's topics live: one broker for all of them, as the stack chooses. */
import { type Face, type Place, type Reach } from "./landscape";
import { type Port } from "./port";

/** The brokers a stack may choose. */
export type BrokerFlavour = "rabbitmq";

export interface BrokerPlacement {
  readonly name: string;
  readonly flavour: BrokerFlavour;
  readonly place: Place;
  /** Private name that stays the same when the broker is made elsewhere. */
  readonly host: string;
  /** Services in front of it, when it runs in the cluster. @default - none */
  readonly faces?: readonly Face[];
  /** Ports on which its members talk among themselves. @default - none */
  readonly members?: readonly Port[];
  /** What its members talk to by themselves, such as the Kubernetes API. @default - nothing */
  readonly reaches?: readonly Reach[];
}

/** The port that clients use in each flavour, always over TLS: AMQPS. */
export const BROKER_PORTS = { rabbitmq: 5671 } as const satisfies Record<BrokerFlavour, number>;
