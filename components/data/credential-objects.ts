/**
 * Which Secrets a stack needs, and what each of their keys means. Data only: the values are made and kept by Pulumi, are
 * never rendered, and no two services share a login.
 */
import { credentialName, serviceNamespace } from "../../graph/conventions";
import { grants, type Grant, grantsOn } from "../../graph/derive/grants";
import { type Graph, storesOf } from "../../graph/model";
import { type Access, type Store, STORE_PORTS } from "../../graph/store";
import { kongSecrets } from "../edge/kong-secrets";
import { type Facts, type ValkeyFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { brokerSecrets } from "../messaging/messaging-secrets";
import { logSecrets } from "../observability/log-objects";
import { monitoringSecrets } from "../observability/monitoring-secrets";
import { accessString } from "./acl";
import { SENTINEL_PORT } from "./placement";
import { type PlannedSecret, password, text, type UserLine, type Value } from "./planned-secret";
import { databaseName, OWNER, passwordVariable, widestPerRole } from "./grants-sql";

export type { PlannedSecret, UserLine, Value } from "./planned-secret";

/** Every Secret of the stack, in a stable order. */
export const plannedSecrets = (graph: Graph, facts: Facts): readonly PlannedSecret[] => [
  ...distinct(grants(graph)).map((grant) => serviceCredential(graph, grant)),
  ...externalCredentials(graph),
  ...serviceSecrets(graph),
  ...storesOf(graph).flatMap(({ store }) => storeSecrets(graph, facts, store)),
  ...brokerSecrets(graph),
  ...kongSecrets(graph, facts),
  ...monitoringSecrets(facts),
  ...logSecrets(facts),
  ...deliverySecrets(facts),
];

const distinct = (all: readonly Grant[]): readonly Grant[] => [
  ...new Map(all.map((grant) => [`${grant.service}/${grant.store}`, grant])).values(),
];

/** Name of the owner's Secret in the stores' namespace, and of its password. */
export const ownerCredential = (store: string): string => `${store}-owner`;

/** Name of the Secret that the grants job reads the services' passwords from. */
export const rolePasswords = (store: string): string => `${store}-roles`;

/** Name of Valkey's user list. */
export const userList = (store: string): string => `${store}-users`;

export const REPLICA_USER = "replica";

/** Whoever asks how a store without Sentinel is. */
export const METRICS_USER = "metrics";
const METRICS_RULES = "on -@all +info +ping +client|setname";

/** Sentinel's own login at the members, and at other Sentinels. @see https://valkey.io/topics/sentinel/ */
export const SENTINEL_USER = "sentinel";
const SENTINEL_RULES =
  "on &* -@all +multi +replicaof +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill";

/** A service asks Sentinel where the primary is, and nothing else. */
const ASKING_RULES =
  "on &* -@all +@connection +subscribe +psubscribe +info +role +sentinel|get-primary-addr-by-name +sentinel|get-master-addr-by-name +sentinel|replicas +sentinel|sentinels";

const kindOf = (graph: Graph, name: string): Store | undefined =>
  storesOf(graph).find(({ store }) => store.name === name)?.store;

function serviceCredential(graph: Graph, { service, store, secret, access }: Grant): PlannedSecret {
  const kind = kindOf(graph, store)?.kind ?? "postgres";
  return {
    name: secret,
    namespace: serviceNamespace(service),
    type: "Opaque",
    values: {
      ...address(graph, store, kind, access),
      username: text(graph.landscape.stores[store]?.login ?? service),
      password: password(store, service),
    },
  };
}

/** Whoever only reads is sent to members that answer reads; whoever grants goes past a pooler. */
function address(
  graph: Graph,
  store: string,
  kind: Store["kind"],
  access: Access | "owner",
): Readonly<Record<string, Value>> {
  const placed = graph.landscape.stores[store];
  const other = { read: placed?.readHost, readWrite: undefined, owner: placed?.adminHost }[access];
  return {
    host: text(other ?? placed?.host ?? ""),
    port: text(String(placed?.sentinel === undefined ? (placed?.port ?? STORE_PORTS[kind]) : SENTINEL_PORT)),
    database: text(kind === "postgres" ? databaseName(store) : "0"),
  };
}

/** What a service reads besides stores and externals: keys of the stack's configuration. */
const serviceSecrets = (graph: Graph): readonly PlannedSecret[] =>
  graph.system.services.flatMap(({ name, args }) =>
    (args.secrets ?? []).map((key) => ({
      name: credentialName(name, key),
      namespace: serviceNamespace(name),
      type: "Opaque" as const,
      values: { credential: { is: "configured" as const, key } },
    })),
  );

const externalCredentials = (graph: Graph): readonly PlannedSecret[] =>
  graph.edges.flatMap(({ from, capability }) => {
    if (capability?.lends !== "external") return [];
    const service = from.replace("service/", "");
    const { name } = capability.external;
    const values = { credential: { is: "configured", key: name } } as const;
    return [
      { name: credentialName(service, name), namespace: serviceNamespace(service), type: "Opaque" as const, values },
    ];
  });

function storeSecrets(graph: Graph, facts: Facts, store: Store): readonly PlannedSecret[] {
  if (store.kind === "postgres") return [ownerSecret(graph, store.name), roleSecret(graph, store.name)];
  const settings = facts.stores[store.name];
  return settings?.flavour === "valkey" ? [userSecret(graph, store.name, settings, facts)] : [];
}

/** CloudNativePG takes the owner from a `basic-auth` Secret; further keys do not disturb it. */
const ownerSecret = (graph: Graph, store: string): PlannedSecret => ({
  name: ownerCredential(store),
  namespace: NAMESPACES.data,
  type: "kubernetes.io/basic-auth",
  values: {
    ...address(graph, store, "postgres", "owner"),
    username: text(OWNER),
    password: password(store, OWNER),
  },
});

const roleSecret = (graph: Graph, store: string): PlannedSecret => ({
  name: rolePasswords(store),
  namespace: NAMESPACES.data,
  type: "Opaque",
  values: Object.fromEntries(
    widestPerRole(grantsOn(graph, store)).map(({ service }) => [passwordVariable(service), password(store, service)]),
  ),
});

function userSecret(graph: Graph, store: string, { failover }: ValkeyFacts, { monitoring }: Facts): PlannedSecret {
  const asks = monitoring !== undefined && failover === undefined;
  const watched = failover === undefined ? [] : [{ user: SENTINEL_USER, rules: SENTINEL_RULES }];
  const measured = asks ? [{ user: METRICS_USER, rules: METRICS_RULES }] : [];
  const lines = [...userLines(graph, store), ...watched, ...measured];
  const services = widestPerRole(grantsOn(graph, store)).map(({ service }) => ({ user: service, rules: ASKING_RULES }));
  const electing = { user: SENTINEL_USER, rules: "on -@all &* +@pubsub +@connection +sentinel +info +role +publish" };
  return {
    name: userList(store),
    namespace: NAMESPACES.data,
    type: "Opaque",
    values: {
      "users.acl": { is: "userList", store, lines },
      "replica-password": password(store, REPLICA_USER),
      ...(asks ? { "metrics-password": password(store, METRICS_USER) } : {}),
      ...(failover === undefined
        ? {}
        : {
            "sentinel-password": password(store, SENTINEL_USER),
            "sentinel.acl": { is: "userList", store, lines: [...services, electing] },
          }),
    },
  };
}

export const userLines = (graph: Graph, store: string): readonly UserLine[] => [
  ...widestPerRole(grantsOn(graph, store)).map(({ service, access }) => ({
    user: service,
    rules: accessString(access),
  })),
  { user: REPLICA_USER, rules: "on -@all +psync +replconf +ping" },
];

/** The user list as Valkey reads it: nobody without a password, only digests of passwords. */
export const userListText = (lines: readonly UserLine[], digestOf: (user: string) => string): string =>
  ["user default off", ...lines.map(({ user, rules }) => `user ${user} #${digestOf(user)} ${rules}`), ""].join("\n");

/** What Argo CD signs people on with, takes webhooks by, reads the repository with, and keeps its cache behind. */
const deliverySecrets = ({ delivery }: Facts): readonly PlannedSecret[] =>
  delivery.by === "pulumi"
    ? []
    : [
        argoSecret(
          "argocd-sign-on",
          { clientSecret: { is: "configured", key: "argocd" } },
          "app.kubernetes.io/part-of",
          "argocd",
        ),
        argoSecret("argocd-redis", { auth: password("argocd", "redis") }, "app.kubernetes.io/part-of", "argocd"),
        argoSecret(
          "argocd-repository",
          {
            type: text("git"),
            url: text(delivery.repository.url),
            username: text("keelson"),
            password: { is: "configured", key: "repository" },
          },
          "argocd.argoproj.io/secret-type",
          "repository",
        ),
      ];

const argoSecret = (
  name: string,
  values: Readonly<Record<string, Value>>,
  label: string,
  value: string,
): PlannedSecret => ({ name, namespace: NAMESPACES.delivery, type: "Opaque", labels: { [label]: value }, values });
