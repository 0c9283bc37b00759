/**
 * Valkey in the cluster: one member that takes writes and as many as wanted that follow it, behind two Services. Users come
 * from the graph, each with its own rules. Without `failover` it is for stages whose data may be lost: not encrypted inside
 * the cluster, and a lost member 0 is rescheduled with an empty memory, which a cache bears. With it, `valkey-sentinel.ts`.
 */
import { type Manifest } from "../../graph/manifest";
import { STORE_PORTS } from "../../graph/store";
import { bytes, type Size } from "../../graph/units";
import { type Facts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CONTAINER_SECURITY, disruptionBudget, fromSecret, podSecurity, serviceAccount, spread } from "../workload/pod";
import { REPLICA_USER, userList } from "./credential-objects";
import { valkeyLabels, valkeyPrimary } from "./placement";
import { exporter } from "./valkey-exporter";
import { headless, limitOf, watchedObjects } from "./valkey-sentinel";

const namespace = NAMESPACES.data;
const port = STORE_PORTS.redis;

/** User of the official image. */
const VALKEY_USER = 999;

/** Everything of one Valkey store; nothing where the store is managed. */
export function valkeyObjects(facts: Facts, store: string): readonly Manifest[] {
  const settings = facts.stores[store];
  if (settings?.flavour !== "valkey") return [];
  if (settings.failover !== undefined) return watchedObjects(store, { ...settings, failover: settings.failover });
  const labels = valkeyLabels(store);
  return [
    serviceAccount(store, namespace, labels),
    clusterAddress(store, store, valkeyPrimary(store)),
    clusterAddress(store, `${store}-read`, labels),
    headless(store, { redis: port }),
    members(store, { ...settings, measured: facts.monitoring !== undefined }),
    ...(settings.replicas > 0 ? [disruptionBudget(store, namespace, labels)] : []),
  ];
}

const clusterAddress = (store: string, name: string, selector: Readonly<Record<string, string>>): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, labels: valkeyLabels(store) },
  spec: { type: "ClusterIP", selector, ports: [{ name: "redis", port, protocol: "TCP", targetPort: port }] },
});

interface InCluster {
  readonly replicas: number;
  readonly memory: Size;
  /** Whether anybody asks how it is. */
  readonly measured: boolean;
}

const members = (store: string, settings: InCluster): Manifest => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: store, namespace, labels: valkeyLabels(store) },
  spec: {
    replicas: settings.replicas + 1,
    podManagementPolicy: "Parallel",
    serviceName: `${store}-members`,
    selector: { matchLabels: valkeyLabels(store) },
    template: {
      metadata: { labels: valkeyLabels(store) },
      spec: {
        automountServiceAccountToken: false,
        containers: [container(store, settings), ...(settings.measured ? [exporter(store, "metrics")] : [])],
        enableServiceLinks: false,
        securityContext: podSecurity(VALKEY_USER),
        serviceAccountName: store,
        topologySpreadConstraints: spread(valkeyLabels(store)).map((each) => ({
          ...each,
          matchLabelKeys: ["controller-revision-hash"],
        })),
        volumes: [
          { name: "data", emptyDir: { sizeLimit: "64Mi" } },
          { name: "users", secret: { secretName: userList(store), items: [{ key: "users.acl", path: "users.acl" }] } },
        ],
      },
    },
  },
});

const container = (store: string, { memory }: InCluster) => ({
  name: "valkey",
  image: imageOf("valkey"),
  command: ["sh", "-ec", startScript(store, memory)],
  env: [fromSecret("REPLICA_PASSWORD", userList(store), "replica-password")],
  ports: [{ name: "redis", containerPort: port, protocol: "TCP" }],
  readinessProbe: { tcpSocket: { port }, periodSeconds: 5 },
  livenessProbe: { tcpSocket: { port }, periodSeconds: 10, initialDelaySeconds: 10 },
  resources: {
    requests: { cpu: "50m", memory: limitOf(memory) },
    limits: { cpu: "500m", memory: limitOf(memory) },
  },
  securityContext: CONTAINER_SECURITY,
  volumeMounts: [
    { name: "data", mountPath: "/data" },
    { name: "users", mountPath: "/users", readOnly: true },
  ],
});

/** Member 0 takes writes, the others follow it. Nothing is written to disk: the data is a cache. */
const startScript = (store: string, memory: Size): string =>
  [
    `set -- valkey-server --port ${port} --dir /data --aclfile /users/users.acl --save '' --appendonly no`,
    `set -- "$@" --maxmemory ${bytes(memory)} --maxmemory-policy allkeys-lru`,
    `set -- "$@" --primaryuser ${REPLICA_USER} --primaryauth "$REPLICA_PASSWORD"`,
    `[ "$HOSTNAME" = "${store}-0" ] || set -- "$@" --replicaof ${store}-0.${store}-members.${namespace}.svc.cluster.local ${port}`,
    `exec "$@"`,
  ].join("\n");
