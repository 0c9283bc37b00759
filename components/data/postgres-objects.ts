/**
 * PostgreSQL as Kubernetes objects: a CloudNativePG cluster where the stack chose that flavour, and for every flavour the
 * job that grants each service just the access the graph says.
 */
import { type Grant, grantsOn } from "../../graph/derive/grants";
import { type Labels, type Manifest } from "../../graph/manifest";
import { type Graph } from "../../graph/model";
import { type Facts } from "../kubernetes/facts";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CONTAINER_SECURITY, fromSecret, podSecurity, SCRATCH, serviceAccount } from "../workload/pod";
import { ownerCredential, rolePasswords } from "./credential-objects";
import { clusterObjects } from "./postgres-cluster";
import { grantsSql, passwordVariable, scriptDigest, widestPerRole } from "./grants-sql";

const namespace = NAMESPACES.data;

/** User of the image's PostgreSQL. */
const POSTGRES_USER = 26;

/** Everything of one PostgreSQL store. */
export const postgresObjects = (graph: Graph, facts: Facts, store: string): readonly Manifest[] => {
  const settings = facts.stores[store];
  const inCluster = settings?.flavour === "cloudnative-pg" ? clusterObjects(facts, store, settings) : [];
  return [...inCluster, ...grantObjects(graph, store)];
};

/** Labels of the pods that grant, by store: the network lets them reach this store and nothing else. */
export const grantLabels = (store: string): Labels => ({
  "app.kubernetes.io/name": `grants-${store}`,
  "app.kubernetes.io/component": "grants",
});

/** A job is immutable once it ran: its name carries the script's digest, so a change is a new job. */
export const grantsJobName = (graph: Graph, store: string): string =>
  `grants-${store}-${scriptDigest(grantsSql(store, grantsOn(graph, store)))}`;

function grantObjects(graph: Graph, store: string): readonly Manifest[] {
  const sql = grantsSql(store, grantsOn(graph, store));
  const name = grantsJobName(graph, store);
  const labels = grantLabels(store);
  return [
    serviceAccount(`grants-${store}`, namespace, labels),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace, labels },
      immutable: true,
      data: { "grants.sql": sql },
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace, labels },
      spec: {
        backoffLimit: 20,
        template: { metadata: { labels }, spec: grantsPod(store, name, grantsOn(graph, store)) },
      },
    },
  ];
}

const grantsPod = (store: string, script: string, grants: readonly Grant[]) => ({
  automountServiceAccountToken: false,
  containers: [
    {
      name: "psql",
      image: imageOf("postgresql"),
      command: ["psql", "--no-psqlrc", "--quiet", "--file=/grants/grants.sql"],
      env: connection(store, grants),
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
      securityContext: CONTAINER_SECURITY,
      volumeMounts: [{ name: "grants", mountPath: "/grants", readOnly: true }, SCRATCH.mount],
    },
  ],
  enableServiceLinks: false,
  restartPolicy: "OnFailure",
  securityContext: podSecurity(POSTGRES_USER),
  serviceAccountName: `grants-${store}`,
  volumes: [{ name: "grants", configMap: { name: script } }, SCRATCH.volume],
});

const CONNECTION = {
  PGHOST: "host",
  PGPORT: "port",
  PGDATABASE: "database",
  PGUSER: "username",
  PGPASSWORD: "password",
} as const;

const connection = (store: string, grants: readonly Grant[]) => [
  ...Object.entries(CONNECTION).map(([name, key]) => fromSecret(name, ownerCredential(store), key)),
  { name: "PGSSLMODE", value: "require" },
  ...widestPerRole(grants).map(({ service }) => {
    const variable = passwordVariable(service);
    return fromSecret(variable, rolePasswords(store), variable);
  }),
];
