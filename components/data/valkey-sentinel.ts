/**
 * Valkey that survives the loss of its primary: every member has a Sentinel beside it, a majority of them elects another
 * primary, and clients ask any Sentinel where it is. Members are told where the primary is by the Sentinels that already run, so
 * a member that comes back does not take writes beside the new one. All links are TLS, by the cluster's own authority;
 * data is appended to a volume.
 *
 * @see https://valkey.io/topics/sentinel/
 */
import { internalCertificate } from "../certificates/issuer-objects";
import { type Manifest } from "../../graph/manifest";
import { STORE_PORTS } from "../../graph/store";
import { bytes, quantity, type Size } from "../../graph/units";
import { type ValkeyFacts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CONTAINER_SECURITY, disruptionBudget, fromSecret, podSecurity, serviceAccount, spread } from "../workload/pod";
import { REPLICA_USER, SENTINEL_USER, userList } from "./credential-objects";
import { exporter } from "./valkey-exporter";
import { SENTINEL_PORT, sentinelService, valkeyLabels } from "./placement";

const namespace = NAMESPACES.data;
const port = STORE_PORTS.redis;

/** User of the official image. */
const VALKEY_USER = 999;

type Watched = ValkeyFacts & { readonly failover: NonNullable<ValkeyFacts["failover"]> };

export function watchedObjects(store: string, settings: Watched): readonly Manifest[] {
  const labels = valkeyLabels(store);
  return [
    serviceAccount(store, namespace, labels),
    certificate(store),
    headless(store, { redis: port, sentinel: SENTINEL_PORT }),
    clusterAddress(store),
    members(store, settings),
    disruptionBudget(store, namespace, labels),
  ];
}

/** Members find each other by name before they are ready. */
export const headless = (store: string, ports: Readonly<Record<string, number>>): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: `${store}-members`, namespace, labels: valkeyLabels(store) },
  spec: {
    type: "ClusterIP",
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: valkeyLabels(store),
    ports: Object.entries(ports).map(([name, number]) => ({ name, port: number, protocol: "TCP", targetPort: number })),
  },
});

const clusterAddress = (store: string): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: sentinelService(store), namespace, labels: valkeyLabels(store) },
  spec: {
    type: "ClusterIP",
    selector: valkeyLabels(store),
    ports: [{ name: "sentinel", port: SENTINEL_PORT, protocol: "TCP", targetPort: SENTINEL_PORT }],
  },
});

const tlsSecret = (store: string): string => `${store}-tls`;
const domain = (store: string): string => `${store}-members.${namespace}.svc.cluster.local`;

const certificate = (store: string): Manifest =>
  internalCertificate({
    name: store,
    namespace,
    secretName: tlsSecret(store),
    dnsNames: [`*.${domain(store)}`, `${sentinelService(store)}.${namespace}.svc.cluster.local`, "localhost"],
  });

const members = (store: string, settings: Watched): Manifest => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: store, namespace, labels: valkeyLabels(store) },
  spec: {
    replicas: settings.replicas + 1,
    podManagementPolicy: "Parallel",
    serviceName: `${store}-members`,
    selector: { matchLabels: valkeyLabels(store) },
    template: { metadata: { labels: valkeyLabels(store) }, spec: pod(store, settings) },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: quantity(settings.failover.disk) } },
          ...(settings.failover.volumeClass === undefined ? {} : { storageClassName: settings.failover.volumeClass }),
        },
      },
    ],
  },
});

const pod = (store: string, settings: Watched) => ({
  automountServiceAccountToken: false,
  containers: [server(store, settings), sentinel(store, settings), exporter(store, "sentinel")],
  enableServiceLinks: false,
  securityContext: podSecurity(VALKEY_USER),
  serviceAccountName: store,
  topologySpreadConstraints: spread(valkeyLabels(store)).map((each, index) => ({
    ...each,
    // Members of one zone would be lost together, and with them the majority.
    ...(index === 0 ? { whenUnsatisfiable: "DoNotSchedule" } : {}),
    matchLabelKeys: ["controller-revision-hash"],
  })),
  volumes: [
    { name: "settings", emptyDir: { sizeLimit: "16Mi" } },
    {
      name: "users",
      secret: {
        secretName: userList(store),
        items: ["users.acl", "sentinel.acl"].map((key) => ({ key, path: key })),
      },
    },
    { name: "tls", secret: { secretName: tlsSecret(store) } },
  ],
});

/** A quarter above the data: buffers, and the copy that a full resynchronisation needs. */
export const limitOf = (memory: Size): string => `${Math.ceil((bytes(memory) * 1.25) / 2 ** 20)}Mi`;

const MOUNTS = [
  { name: "settings", mountPath: "/settings" },
  { name: "users", mountPath: "/users", readOnly: true },
  { name: "tls", mountPath: "/tls", readOnly: true },
];

const PASSWORDS = (store: string) => [
  fromSecret("REPLICA_PASSWORD", userList(store), "replica-password"),
  fromSecret("SENTINEL_PASSWORD", userList(store), "sentinel-password"),
];

const server = (store: string, { memory }: Watched) => ({
  name: "valkey",
  image: imageOf("valkey"),
  command: ["sh", "-ec", serverScript(store, memory)],
  env: PASSWORDS(store),
  ports: [{ name: "redis", containerPort: port, protocol: "TCP" }],
  readinessProbe: { tcpSocket: { port }, periodSeconds: 5 },
  livenessProbe: { tcpSocket: { port }, periodSeconds: 10, initialDelaySeconds: 20 },
  resources: {
    requests: { cpu: "50m", memory: limitOf(memory) },
    limits: { cpu: "500m", memory: limitOf(memory) },
  },
  securityContext: CONTAINER_SECURITY,
  volumeMounts: [{ name: "data", mountPath: "/data" }, ...MOUNTS],
});

const sentinel = (store: string, { replicas }: Watched) => ({
  name: "sentinel",
  image: imageOf("valkey"),
  command: ["sh", "-ec", sentinelScript(store, Math.floor((replicas + 1) / 2) + 1)],
  env: PASSWORDS(store),
  ports: [{ name: "sentinel", containerPort: SENTINEL_PORT, protocol: "TCP" }],
  readinessProbe: { tcpSocket: { port: SENTINEL_PORT }, periodSeconds: 5 },
  livenessProbe: { tcpSocket: { port: SENTINEL_PORT }, periodSeconds: 10, initialDelaySeconds: 20 },
  resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
  securityContext: CONTAINER_SECURITY,
  volumeMounts: MOUNTS,
});

const ASK = "valkey-cli --tls --cacert /tls/ca.crt";

/** Who the primary is, as the Sentinels that run say; member 0 when none does, which is at the very start. */
const findPrimary = (store: string): readonly string[] => [
  `me="$HOSTNAME.${domain(store)}"`,
  `known=$(timeout 5 ${ASK} -h ${sentinelService(store)}.${namespace}.svc.cluster.local -p ${SENTINEL_PORT} --user ${SENTINEL_USER} --pass "$SENTINEL_PASSWORD" --no-auth-warning sentinel get-primary-addr-by-name ${store} 2>/dev/null | head -n 1 || true)`,
  `primary="\${known:-${store}-0.${domain(store)}}"`,
];

const TLS_FILES = ["tls-cert-file /tls/tls.crt", "tls-key-file /tls/tls.key", "tls-ca-cert-file /tls/ca.crt"];

/** The settings file is written here, because Sentinel lets the member write it anew. */
const serverScript = (store: string, memory: Size): string =>
  [
    ...findPrimary(store),
    "cat > /settings/valkey.conf <<END",
    `port 0`,
    `tls-port ${port}`,
    ...TLS_FILES,
    "tls-auth-clients no",
    "tls-replication yes",
    "dir /data",
    "appendonly yes",
    "aclfile /users/users.acl",
    `maxmemory ${bytes(memory)}`,
    "maxmemory-policy volatile-lru",
    "min-replicas-to-write 1",
    "replica-announce-ip $me",
    `primaryuser ${REPLICA_USER}`,
    "primaryauth $REPLICA_PASSWORD",
    "END",
    `[ "$primary" = "$me" ] || echo "replicaof $primary ${port}" >> /settings/valkey.conf`,
    "exec valkey-server /settings/valkey.conf",
  ].join("\n");

const sentinelScript = (store: string, quorum: number): string =>
  [
    ...findPrimary(store),
    "cat > /settings/sentinel.conf <<END",
    "port 0",
    `tls-port ${SENTINEL_PORT}`,
    ...TLS_FILES,
    "tls-auth-clients no",
    "tls-replication yes",
    "dir /settings",
    "aclfile /users/sentinel.acl",
    "sentinel resolve-hostnames yes",
    "sentinel announce-hostnames yes",
    "sentinel announce-ip $me",
    `sentinel sentinel-user ${SENTINEL_USER}`,
    "sentinel sentinel-pass $SENTINEL_PASSWORD",
    `sentinel monitor ${store} $primary ${port} ${quorum}`,
    `sentinel auth-user ${store} ${SENTINEL_USER}`,
    `sentinel auth-pass ${store} $SENTINEL_PASSWORD`,
    `sentinel down-after-milliseconds ${store} 5000`,
    `sentinel failover-timeout ${store} 30000`,
    "END",
    "exec valkey-server /settings/sentinel.conf --sentinel",
  ].join("\n");
