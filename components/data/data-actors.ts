/** What talks to stores besides services: the PostgreSQL operator, and the jobs that grant access. Data for the graph. */
import { type Actor, KUBERNETES_API } from "../../graph/landscape";
import { type StoreKind, STORE_PORTS } from "../../graph/store";
import { tcp } from "../../graph/port";
import { type StoreFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { archivedStores } from "./archive-objects";
import { INSTANCE_MANAGER_PORT } from "./placement";
import { grantLabels } from "./postgres-objects";

const KINDS: Readonly<Record<StoreFacts["flavour"], StoreKind>> = {
  "cloudnative-pg": "postgres",
  rds: "postgres",
  "flexible-server": "postgres",
  valkey: "redis",
  elasticache: "redis",
  "managed-redis": "redis",
};

/** What kind of store a flavour is. */
export const kindOfFlavour = (flavour: StoreFacts["flavour"]): StoreKind => KINDS[flavour];

export const dataActors = (stores: Readonly<Record<string, StoreFacts>>): readonly Actor[] => {
  const flavours = Object.values(stores).map(({ flavour }) => flavour);
  return [
    ...(flavours.includes("cloudnative-pg") ? [operator(archives(stores))] : []),
    ...(archives(stores) ? [archiver] : []),
    ...Object.entries(stores)
      .filter(([, { flavour }]) => kindOfFlavour(flavour) === "postgres")
      .map(([store]) => grantsJob(store)),
  ];
};

/** Whether any store is archived. */
export const archives = (stores: Readonly<Record<string, StoreFacts>>): boolean => archivedStores(stores).length > 0;

/** The chart's own labels; its Service selects by them. */
const ARCHIVER_LABELS = {
  "app.kubernetes.io/name": "plugin-barman-cloud",
  "app.kubernetes.io/instance": "plugin-barman-cloud",
};

/** Tells the operator how archives are written; the writing itself is done beside each server. */
const archiver: Actor = {
  name: "postgres-archiver",
  place: { at: "pods", namespace: NAMESPACES.postgresOperator, labels: ARCHIVER_LABELS },
  serves: [tcp(9090)],
  faces: [{ name: "barman-cloud", selector: ARCHIVER_LABELS, ports: [tcp(9090)] }],
  reaches: [{ to: KUBERNETES_API }],
};

const operator = (archived: boolean): Actor => ({
  name: "postgres-operator",
  place: { at: "pods", namespace: NAMESPACES.postgresOperator, labels: { "app.kubernetes.io/name": "cloudnative-pg" } },
  webhooks: [tcp(9443)],
  reaches: [
    { to: KUBERNETES_API },
    { to: "stores:cloudnative-pg", ports: [tcp(STORE_PORTS.postgres), tcp(INSTANCE_MANAGER_PORT)] },
    ...(archived ? [{ to: "postgres-archiver" }] : []),
  ],
});

const grantsJob = (store: string): Actor => ({
  name: `grants-${store}`,
  place: { at: "pods", namespace: NAMESPACES.data, labels: grantLabels(store) },
  reaches: [{ to: `store/${store}` }],
});
