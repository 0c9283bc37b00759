/**
 * What a stack brings to a system: where packets go (pods or address ranges), which stores live where, which parts of the
 * platform must talk too. Plain data, so that a graph compiles without any cloud.
 */
import { type BrokerPlacement } from "./broker";
import { type Labels } from "./manifest";
import { type Port } from "./port";
import { type EdgeProfile } from "./route";
import { type Flavours, type StoreKind } from "./store";

/** An IPv4 range in CIDR notation. */
export type Cidr = `${string}/${number}`;

/** Where a node's packets go to and come from. */
export type Place =
  /** Pods selected by all of these labels in one namespace. */
  | { readonly at: "pods"; readonly namespace: string; readonly labels: Labels }
  /** Addresses, minus exceptions. */
  | { readonly at: "ranges"; readonly ranges: readonly Cidr[]; readonly except?: readonly Cidr[] }
  /** Pods that share their node's network: no NetworkPolicy applies to them, they count as node addresses. */
  | { readonly at: "nodes"; readonly ranges: readonly Cidr[] };

/**
 * A Kubernetes Service in front of pods. Its selector names at least the labels of the node's pods. The VPC CNI judges
 * traffic to its cluster address by that selector, and untranslated: the Service's port must be the container's.
 */
export interface Face {
  readonly name: string;
  readonly selector: Labels;
  readonly ports: readonly Port[];
}

/** Where a store lives in this stack. */
export interface StorePlacement<K extends StoreKind = StoreKind> {
  readonly flavour: Flavours[K];
  readonly place: Place;
  /** Private name that stays the same when the store is restored elsewhere. */
  readonly host: string;
  /** Private name of members that answer reads only. @default - `host` */
  readonly readHost?: string;
  /** Private name for whoever grants access, past a pooler. @default - `host` */
  readonly adminHost?: string;
  /** Its certificate is from the cluster's own authority, by which clients check it. @default false */
  readonly internalTls?: boolean;
  /** Name by which Sentinel knows the primary: `host` then is Sentinel's. @default - `host` is the primary's */
  readonly sentinel?: string;
  /** The port it listens on. @default - its kind's own */
  readonly port?: number;
  /** The one login of a store that keeps no users of ours: whoever may read there may write. @default - one for each service */
  readonly login?: string;
  /** Ports that clients need besides the store's own, such as Sentinel's. @default - none */
  readonly clientPorts?: readonly Port[];
  /** Services in front of it, when it runs in the cluster. @default - none */
  readonly faces?: readonly Face[];
  /** Ports on which its members replicate among themselves. @default - none */
  readonly members?: readonly Port[];
  /** What its members talk to by themselves, such as the Kubernetes API. @default - nothing */
  readonly reaches?: readonly Reach[];
  /** Its members hold a cloud identity, for an archive in the cloud. @default false */
  readonly identity?: boolean;
}

/** A part of the platform that talks: DNS, the Kubernetes API, an operator, Velero, the load balancer. */
export interface Actor {
  readonly name: string;
  readonly place: Place;
  /** Ports it serves. */
  readonly serves?: readonly Port[];
  readonly faces?: readonly Face[];
  /** Other actors, stores (`store/orders`) or kinds of nodes it talks to, on given ports or on all that they serve. */
  readonly reaches?: readonly Reach[];
  /** Every pod of the graph may reach it: DNS. @default false */
  readonly forAll?: boolean;
  /** The `ingress` of admission webhooks and the like comes from the API server. @default - none */
  readonly webhooks?: readonly Port[];
  /** Ports the edge sends requests to: a dashboard behind the public load balancer. @default - none */
  readonly routed?: readonly Port[];
  /** It holds a cloud identity and so must reach the identity agent. @default false */
  readonly identity?: boolean;
  /** What it is to a network that knows identities. @default - addresses like any other */
  readonly entity?: Entity;
  /** Host names it answers under, for a network that can match names; `*` stands for one label. @default - none */
  readonly names?: readonly string[];
  /** What a wide range is needed for, when its place is wider than what it stands for. */
  readonly widerThan?: string;
  /** The platform's own namespace, whose default we do not own (`kube-system`). @default false */
  readonly sharedNamespace?: boolean;
}

export interface Reach {
  /** `"dns"`, `"store/orders"`, `"services"` for every service, or `"stores:cloudnative-pg"` for every store of that flavour. */
  readonly to: string;
  /** @default - every port the other serves */
  readonly ports?: readonly Port[];
}

/** What has an identity of its own besides pods: the API server, and nodes with what runs on their network. */
export type Entity = "kube-apiserver";

/** Everything a system needs to know about the stack it is compiled for. */
export interface Landscape {
  readonly stack: string;
  readonly stage: string;
  readonly region: string;
  /** Public host name the routes live under. */
  readonly host: string;
  readonly stores: Readonly<Record<string, StorePlacement>>;
  /** Flavours of stores that can be had here, for messages. @default - all */
  readonly offers?: readonly string[];
  /** Where topics live. @default - nowhere: no service may publish or consume */
  readonly broker?: BrokerPlacement;
  readonly edge: EdgeProfile & {
    /** Where the edge's packets come from when they reach a service. */
    readonly place: Place;
    /** Ports it serves to clients, where they are pods of ours that a policy covers. @default - none */
    readonly serves?: readonly Port[];
    /** What it talks to besides the services behind its routes. @default - nothing */
    readonly reaches?: readonly Reach[];
  };
  readonly actors: readonly Actor[];
  /**
   * Where pods have their addresses. On a network whose ranges match pods, a policy's range that reaches in here lets pods
   * through as well, and is reported. @default - the ranges of every actor on the nodes' network
   */
  readonly pods?: readonly Cidr[];
  /** Addresses outside the private network: what an egress to a name is widened to where names cannot be matched. */
  readonly internet: Extract<Place, { at: "ranges" }>;
  /** How the cluster's network expresses policies. */
  readonly dialect: Dialect;
}

/** What a network can express. A second network is one more value of this type. */
export interface Dialect {
  readonly name: "kubernetes" | "vpc-cni" | "cilium";
  /** Whether egress can be limited to host names. */
  readonly names: boolean;
  /**
   * Whether the API server and the nodes have identities of their own, which no address range matches. What a rule must
   * then say is the network's own kind of policy.
   */
  readonly entities: boolean;
  /** Whether an address range of a policy also matches pods and nodes inside it. */
  readonly rangesMatchPods: boolean;
  /** Whether traffic to a Service's address is judged before it is translated to a pod, by the Service's own selector. */
  readonly judgesServices: boolean;
  /** Port and protocol pairs one address range may carry. */
  readonly portsPerRange: number;
}

/** The names actors must have for the graph to find them. */
export const DNS = "dns";
export const KUBERNETES_API = "kubernetes-api";
export const IDENTITY_AGENT = "identity-agent";

/** What a reach names when it means every service of the system. */
export const EVERY_SERVICE = "services";
