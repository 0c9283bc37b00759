/**
 * Which Secrets a stack needs, and what each of their keys means. Data only: the values are made and kept by Pulumi, are
 * never rendered, and no two services share a login.
 */
import { credentialName, serviceNamespace } from "../../graph/conventions";
import { grants, type Grant, grantsOn } from "../../graph/derive/grants";
import { type Graph, storesOf } from "../../graph/model";
import { type Store, STORE_PORTS } from "../../graph/store";
import { type Facts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { accessString } from "./acl";
import { databaseName, OWNER, passwordVariable, widestPerRole } from "./grants-sql";

/** Where the value of one key comes from. */
export type Value =
  /** Known text, such as a host or a user name. */
  | { readonly is: "text"; readonly text: string }
  /**
   * The password of one login of a store: of a service, or of `OWNER`. A managed store made it; for others it is generated,
   * once for each store and login, wherever it occurs.
   */
  | { readonly is: "password"; readonly store: string; readonly of: string }
  /** A secret of the stack's configuration: `stripe` is `keelson:stripeCredential`. */
  | { readonly is: "configured"; readonly key: string }
  /** A user list for Valkey with digests of its users' passwords. */
  | { readonly is: "userList"; readonly store: string; readonly lines: readonly UserLine[] };

/** One user of Valkey: `user order #<digest of the password> on <rules>`. Its password is that of the store's login. */
export interface UserLine {
  readonly user: string;
  readonly rules: string;
}

export interface PlannedSecret {
  readonly name: string;
  readonly namespace: string;
  readonly type: "Opaque" | "kubernetes.io/basic-auth";
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

const text = (value: string): Value => ({ is: "text", text: value });
const password = (store: string, of: string): Value => ({ is: "password", store, of });

/** Every Secret of the stack, in a stable order. */
export const plannedSecrets = (graph: Graph, facts: Facts): readonly PlannedSecret[] => [
  ...distinct(grants(graph)).map((grant) => serviceCredential(graph, grant)),
  ...externalCredentials(graph),
  ...storesOf(graph).flatMap(({ store }) => storeSecrets(graph, facts, store)),
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

const kindOf = (graph: Graph, name: string): Store | undefined =>
  storesOf(graph).find(({ store }) => store.name === name)?.store;

function serviceCredential(graph: Graph, { service, store, secret }: Grant): PlannedSecret {
  const kind = kindOf(graph, store)?.kind ?? "postgres";
  return {
    name: secret,
    namespace: serviceNamespace(service),
    type: "Opaque",
    values: {
      ...address(graph, store, kind),
      username: text(service),
      password: password(store, service),
    },
  };
}

const address = (graph: Graph, store: string, kind: Store["kind"]): Readonly<Record<string, Value>> => ({
  host: text(graph.landscape.stores[store]?.host ?? ""),
  port: text(String(STORE_PORTS[kind])),
  database: text(kind === "postgres" ? databaseName(store) : "0"),
});

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
  return facts.stores[store.name]?.flavour === "valkey" ? [userSecret(graph, store.name)] : [];
}

/** CloudNativePG takes the owner from a `basic-auth` Secret; further keys do not disturb it. */
const ownerSecret = (graph: Graph, store: string): PlannedSecret => ({
  name: ownerCredential(store),
  namespace: NAMESPACES.data,
  type: "kubernetes.io/basic-auth",
  values: {
    ...address(graph, store, "postgres"),
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

const userSecret = (graph: Graph, store: string): PlannedSecret => ({
  name: userList(store),
  namespace: NAMESPACES.data,
  type: "Opaque",
  values: {
    "users.acl": { is: "userList", store, lines: userLines(graph, store) },
    "replica-password": password(store, REPLICA_USER),
  },
});

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
