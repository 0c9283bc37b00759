/**
 * The broker and what stands in it, as objects of RabbitMQ's two operators: a cluster over zones that speaks TLS only to
 * clients, a vhost of the system, an exchange per topic, a quorum queue per consumer with its dead letters, and for each
 * service a user with just its permissions. Definitions are restorable, messages on their way are not: a lost broker is
 * made anew, empty. Links between nodes are not encrypted; policies let only nodes reach them.
 *
 * @see https://www.rabbitmq.com/kubernetes/operator/using-operator
 */
import { internalCertificate } from "../certificates/issuer-objects";
import { type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { bytes, quantity } from "../../graph/units";
import { type BrokerFacts, type Facts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { disruptionBudget } from "../workload/pod";
import { BROKER, BROKER_LABELS, brokerHost } from "./placement";
import { topologyObjects } from "./topology-objects";

const namespace = NAMESPACES.data;
const TLS_SECRET = `${BROKER}-tls`;

/** Everything of the broker; nothing where there is none. */
export const brokerObjects = (graph: Graph, { broker }: Facts): readonly Manifest[] =>
  broker === undefined || graph.landscape.broker === undefined
    ? []
    : [
        internalCertificate({
          name: BROKER,
          namespace,
          secretName: TLS_SECRET,
          dnsNames: [brokerHost, `${BROKER}.${namespace}.svc`, `*.${BROKER}-nodes.${namespace}.svc.cluster.local`],
        }),
        cluster(broker),
        disruptionBudget(BROKER, namespace, BROKER_LABELS),
        ...topologyObjects(graph),
      ];

const cluster = ({ nodes, disk, memory, volumeClass }: BrokerFacts): Manifest => ({
  apiVersion: "rabbitmq.com/v1beta1",
  kind: "RabbitmqCluster",
  metadata: { name: BROKER, namespace, labels: BROKER_LABELS },
  spec: {
    replicas: nodes,
    image: imageOf("rabbitmq"),
    service: { type: "ClusterIP" },
    persistence: {
      storage: quantity(disk),
      ...(volumeClass === undefined ? {} : { storageClassName: volumeClass }),
    },
    resources: {
      requests: { cpu: "200m", memory: mebibytes(memory) },
      limits: { cpu: "1", memory: mebibytes(memory) },
    },
    tls: { secretName: TLS_SECRET, caSecretName: TLS_SECRET, disableNonTLSListeners: true },
    rabbitmq: { additionalConfig: SETTINGS },
    terminationGracePeriodSeconds: 600,
    override: { statefulSet: { spec: { template: { spec: PODS } } } },
  },
});

const mebibytes = (memory: BrokerFacts["memory"]): string => `${Math.ceil(bytes(memory) / 2 ** 20)}Mi`;

/** A minority that lost sight of the others stops, rather than go on with a state of its own. */
const SETTINGS = [
  "cluster_partition_handling = pause_minority",
  "queue_leader_locator = balanced",
  "default_queue_type = quorum",
  "ssl_options.versions.1 = tlsv1.3",
  "ssl_options.versions.2 = tlsv1.2",
  "disk_free_limit.relative = 1.5",
  "vm_memory_high_watermark.relative = 0.4",
  "",
].join("\n");

/** User of the image, as its operator sets it. */
const RABBITMQ_USER = 999;

const CONTAINER = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** One node per zone: a zone's loss leaves a majority. */
const PODS = {
  containers: [{ name: "rabbitmq", securityContext: CONTAINER }],
  initContainers: [{ name: "setup-container", securityContext: CONTAINER }],
  securityContext: {
    runAsNonRoot: true,
    runAsUser: RABBITMQ_USER,
    fsGroup: RABBITMQ_USER,
    seccompProfile: { type: "RuntimeDefault" },
  },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: BROKER_LABELS },
    },
  ],
};
