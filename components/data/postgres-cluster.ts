/**
 * One PostgreSQL cluster as CloudNativePG's objects: a primary and its replicas over zones, poolers in front, an archive of
 * its log in object storage and a daily base backup, or its recovery from such an archive. Servers speak TLS only;
 * superuser access stays off.
 */
import { internalCertificate } from "../certificates/issuer-objects";
import { type Manifest } from "../../graph/manifest";
import { quantity } from "../../graph/units";
import { type Facts, type PostgresFacts, speaksTlsInside } from "../kubernetes/facts";
import { type PostgresCluster, type PostgresPooler } from "../kubernetes/custom";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { disruptionBudget } from "../workload/pod";
import { archiveObjects, archivePlugin, ORIGIN, originCluster } from "./archive-objects";
import { ownerCredential } from "./credential-objects";
import { databaseName, OWNER } from "./grants-sql";
import { poolerLabels, poolerName, poolerService, poolerTypes, postgresLabels } from "./placement";

const namespace = NAMESPACES.data;
const API = "postgresql.cnpg.io/v1";

export const clusterObjects = (facts: Facts, store: string, settings: PostgresFacts): readonly Manifest[] => [
  cluster(facts, store, settings),
  ...(speaksTlsInside(facts) ? [serverCertificate(store)] : []),
  ...poolerTypes(settings).flatMap((type) => poolerObjects(store, type, settings.pooler?.instances ?? 1)),
  ...archiveObjects(facts, store, settings),
];

/** The operator adds a disruption budget of its own. */
const cluster = (facts: Facts, store: string, settings: PostgresFacts): PostgresCluster => ({
  apiVersion: API,
  kind: "Cluster",
  metadata: { name: store, namespace, labels: { "app.kubernetes.io/name": store } },
  spec: {
    instances: settings.instances,
    imageName: imageOf("postgresql"),
    enableSuperuserAccess: false,
    enablePDB: settings.instances > 1,
    bootstrap: bootstrap(store, settings),
    ...originCluster(store, settings),
    managed: {
      roles: [
        {
          name: OWNER,
          ensure: "present",
          login: true,
          createrole: true,
          passwordSecret: { name: ownerCredential(store) },
        },
      ],
    },
    postgresql: {
      parameters: { password_encryption: "scram-sha-256", ssl_min_protocol_version: "TLSv1.2" },
      pg_hba: ["hostssl all all all scram-sha-256", "hostnossl all all all reject"],
      ...(settings.instances > 2 ? { synchronous: ONE_OTHER } : {}),
    },
    ...archivePlugin(facts, store, settings),
    ...(speaksTlsInside(facts) ? { certificates: certificatesOf(store) } : {}),
    storage: { size: quantity(settings.disk), ...volumeClass(settings) },
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    affinity: {
      enablePodAntiAffinity: true,
      topologyKey: "topology.kubernetes.io/zone",
      ...(settings.instances > 2 ? { podAntiAffinityType: "required" } : {}),
    },
    seccompProfile: { type: "RuntimeDefault" },
  },
});

/** A commit waits for one replica; when none is left, the primary goes on rather than stand still. */
const ONE_OTHER = { method: "any" as const, number: 1, dataDurability: "preferred" as const };

const volumeClass = ({ volumeClass: storageClass }: PostgresFacts) =>
  storageClass === undefined ? {} : { storageClass };

/** Empty, or as an archive has it; either way the database belongs to the same owner. */
function bootstrap(store: string, { archive }: PostgresFacts) {
  const owned = { database: databaseName(store), owner: OWNER, secret: { name: ownerCredential(store) } };
  return archive?.from === undefined ? { initdb: owned } : { recovery: { source: ORIGIN, ...owned } };
}

const serverSecret = (store: string): string => `${store}-server-tls`;

/** The cluster's authority signs servers; the operator keeps one of its own for replication. */
const certificatesOf = (store: string) => ({
  serverTLSSecret: serverSecret(store),
  serverCASecret: serverSecret(store),
});

const serverCertificate = (store: string): Manifest => {
  const names = [`${store}-rw`, `${store}-ro`, `${store}-r`, poolerService(store, "rw"), poolerService(store, "ro")];
  return internalCertificate({
    name: `${store}-server`,
    namespace,
    secretName: serverSecret(store),
    dnsNames: names.flatMap((name) => [name, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`]),
    usages: ["server auth"],
  });
};

/** A pooler, the Service that clients reach it by, and its budget. */
const poolerObjects = (store: string, type: "rw" | "ro", instances: number): readonly Manifest[] => [
  pooler(store, type, instances),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: poolerService(store, type), namespace, labels: postgresLabels(store) },
    spec: {
      type: "ClusterIP",
      selector: poolerLabels(store, type),
      ports: [{ name: "postgres", port: 5432, protocol: "TCP", targetPort: 5432 }],
    },
  },
  ...(instances > 1 ? [disruptionBudget(poolerName(store, type), namespace, poolerLabels(store, type))] : []),
];

/** A connection to the server is lent for one transaction: settings of a session do not last, and few servers serve many. */
const pooler = (store: string, type: "rw" | "ro", instances: number): PostgresPooler => ({
  apiVersion: API,
  kind: "Pooler",
  metadata: { name: poolerName(store, type), namespace },
  spec: {
    cluster: { name: store },
    type,
    instances,
    pgbouncer: {
      poolMode: "transaction",
      parameters: { max_client_conn: "1000", default_pool_size: "20", max_prepared_statements: "100" },
    },
    template: {
      metadata: { labels: { "app.kubernetes.io/name": poolerName(store, type), ...poolerLabels(store, type) } },
      spec: {
        containers: [
          {
            name: "pgbouncer",
            resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
          },
        ],
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "topology.kubernetes.io/zone",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: poolerLabels(store, type) },
          },
        ],
      },
    },
  },
});
