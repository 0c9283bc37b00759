/**
 * The parts of an EKS cluster that talk, and to whom: DNS, the Kubernetes API, add-ons, the cloud's own interfaces. Data for
 * the graph, so that every pod that is not on the host network is covered by policies both ways.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
 */
import {
  type Actor,
  type Cidr,
  DNS,
  IDENTITY_AGENT,
  KUBERNETES_API,
  type Landscape,
  type Place,
} from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { tcp, udp } from "../../graph/port";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CLOUD_API, pods } from "./actors";

export interface EksPlaces {
  readonly region: string;
  /** The network's own resolver: its first address but two. */
  readonly resolver: Cidr;
  /** Addresses of the control plane's interfaces, and the cluster address of the `kubernetes` Service. */
  readonly api: readonly Cidr[];
  /** Addresses of nodes; pods have theirs in the same ranges. */
  readonly nodes: readonly Cidr[];
  readonly internet: Landscape["internet"];
}

const ranges = (...all: readonly Cidr[]): Place => ({ at: "ranges", ranges: all });

const RESOLVER = "network-resolver";
const KUBELETS = "kubelets";

export const eksActors = (places: EksPlaces): readonly Actor[] => [...surroundings(places), ...addOns];

/** What is not a pod: addresses, by what they mean. */
const surroundings = ({ region, resolver, api, nodes, internet }: EksPlaces): readonly Actor[] => [
  { name: KUBERNETES_API, place: ranges(...api), serves: [tcp(443)] },
  { name: RESOLVER, place: ranges(resolver), serves: [udp(53), tcp(53)] },
  {
    name: IDENTITY_AGENT,
    // The agent runs on the host network and answers on an address of its own, the same on every node.
    place: ranges("169.254.170.23/32"),
    serves: [tcp(80)],
  },
  { name: KUBELETS, place: { at: "nodes", ranges: nodes }, serves: [tcp(10_250)] },
  { name: CLOUD_API, place: internet, serves: [tcp(443)], widerThan: `the AWS APIs of ${region}` },
];

const system = (name: string, labels: Labels): Pick<Actor, "name" | "place" | "sharedNamespace"> => ({
  name,
  place: pods(NAMESPACES.system, labels),
  sharedNamespace: true,
});

const DNS_LABELS = { "k8s-app": "kube-dns" };

const addOns: readonly Actor[] = [
  {
    ...system(DNS, DNS_LABELS),
    serves: [udp(53), tcp(53)],
    faces: [{ name: "kube-dns", selector: DNS_LABELS, ports: [udp(53), tcp(53)] }],
    reaches: [{ to: RESOLVER }, { to: KUBERNETES_API }],
    forAll: true,
  },
  {
    // The API server forwards metrics requests to it: an aggregated API.
    ...system("metrics-server", { "app.kubernetes.io/name": "metrics-server" }),
    webhooks: [tcp(10_251)],
    reaches: [{ to: KUBERNETES_API }, { to: KUBELETS }],
  },
  {
    ...system("volume-controller", { app: "ebs-csi-controller" }),
    identity: true,
    reaches: [{ to: KUBERNETES_API }, { to: CLOUD_API }],
  },
  {
    ...system("volume-nodes", { app: "ebs-csi-node" }),
    reaches: [{ to: KUBERNETES_API }],
  },
];

const platform = (name: string, label: string): Pick<Actor, "name" | "place" | "identity"> => ({
  name,
  place: pods(NAMESPACES.platform, { "app.kubernetes.io/name": label }),
  identity: true,
});

/** Controllers of ours that talk to the cloud. All hold an identity. */
export const controllerActors: readonly Actor[] = [
  {
    ...platform("load-balancer-controller", "aws-load-balancer-controller"),
    webhooks: [tcp(9443)],
    reaches: [{ to: KUBERNETES_API }, { to: CLOUD_API }],
  },
  { ...platform("dns-records", "external-dns"), reaches: [{ to: KUBERNETES_API }, { to: CLOUD_API }] },
  { ...platform("node-autoscaler", "aws-cluster-autoscaler"), reaches: [{ to: KUBERNETES_API }, { to: CLOUD_API }] },
];
