/**
 * The parts of an AKS cluster that talk, and to whom. What Azure runs in `kube-system` is Azure's to keep running; policies
 * of ours cover what stands there under stable labels: DNS and metrics. Data for the graph.
 *
 * @see https://learn.microsoft.com/en-us/azure/aks/outbound-rules-control-egress
 */
import { type Actor, type Cidr, DNS, KUBERNETES_API, type Landscape } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { tcp, udp } from "../../graph/port";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CLOUD_API, pods } from "./actors";

export interface AksPlaces {
  readonly region: string;
  /** Addresses of the API server in its subnet, and the cluster address of the `kubernetes` Service. */
  readonly api: readonly Cidr[];
  readonly nodes: readonly Cidr[];
  /** Private addresses of the vault, the registry and the store of backups. */
  readonly endpoints: readonly Cidr[];
  readonly internet: Landscape["internet"];
}

/** Azure's own resolver: the same address in every network. */
const AZURE_DNS: Cidr = "168.63.129.16/32";
const RESOLVER = "network-resolver";
const KUBELETS = "kubelets";
/** What is reached by a private address: not by name, since the name leads to an address of ours. */
export const PRIVATE_SERVICES = "private-services";

/** Where identities are exchanged for tokens, and Azure's management interface. */
const CLOUD_NAMES = ["login.microsoftonline.com", "management.azure.com"] as const;

export const aksActors = (places: AksPlaces): readonly Actor[] => [...surroundings(places), ...addOns];

const surroundings = ({ region, api, nodes, endpoints, internet }: AksPlaces): readonly Actor[] => [
  { name: KUBERNETES_API, place: { at: "ranges", ranges: api }, entity: "kube-apiserver", serves: [tcp(443)] },
  { name: RESOLVER, place: { at: "ranges", ranges: [AZURE_DNS] }, serves: [udp(53), tcp(53)] },
  { name: KUBELETS, place: { at: "nodes", ranges: nodes }, serves: [tcp(10_250)] },
  { name: PRIVATE_SERVICES, place: { at: "ranges", ranges: endpoints }, serves: [tcp(443)] },
  {
    name: CLOUD_API,
    place: internet,
    names: CLOUD_NAMES,
    serves: [tcp(443)],
    widerThan: `${CLOUD_NAMES.join(", ")} of ${region}`,
  },
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
    ...system("metrics-server", { "k8s-app": "metrics-server" }),
    webhooks: [tcp(4443)],
    reaches: [{ to: KUBERNETES_API }, { to: KUBELETS }],
  },
];

/** Keeps DNS records of routes: the one controller of ours that talks to Azure besides Velero. */
export const dnsRecordsActor: Actor = {
  name: "dns-records",
  place: pods(NAMESPACES.platform, { "app.kubernetes.io/name": "external-dns" }),
  identity: true,
  reaches: [{ to: KUBERNETES_API }, { to: CLOUD_API }],
};
