/** What talks to stores besides services: the PostgreSQL operator, and the jobs that grant access. Data for the graph. */
import { type Actor, KUBERNETES_API } from "../../graph/landscape";
import { type StoreKind, STORE_PORTS } from "../../graph/store";
import { tcp } from "../../graph/port";
import { type StoreFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { INSTANCE_MANAGER_PORT } from "./placement";
import { grantLabels } from "./postgres-objects";

const KINDS: Readonly<Record<StoreFacts["flavour"], StoreKind>> = {
  "cloudnative-pg": "postgres",
  rds: "postgres",
  valkey: "redis",
  elasticache: "redis",
};

/** What kind of store a flavour is. */
export const kindOfFlavour = (flavour: StoreFacts["flavour"]): StoreKind => KINDS[flavour];

export const dataActors = (stores: Readonly<Record<string, StoreFacts>>): readonly Actor[] => {
  const flavours = Object.values(stores).map(({ flavour }) => flavour);
  return [
    ...(flavours.includes("cloudnative-pg") ? [operator] : []),
    ...Object.entries(stores)
      .filter(([, { flavour }]) => kindOfFlavour(flavour) === "postgres")
      .map(([store]) => grantsJob(store)),
  ];
};

const operator: Actor = {
  name: "postgres-operator",
  place: { at: "pods", namespace: NAMESPACES.postgresOperator, labels: { "app.kubernetes.io/name": "cloudnative-pg" } },
  webhooks: [tcp(9443)],
  reaches: [
    { to: KUBERNETES_API },
    { to: "stores:cloudnative-pg", ports: [tcp(STORE_PORTS.postgres), tcp(INSTANCE_MANAGER_PORT)] },
  ],
};

const grantsJob = (store: string): Actor => ({
  name: `grants-${store}`,
  place: { at: "pods", namespace: NAMESPACES.data, labels: grantLabels(store) },
  reaches: [{ to: `store/${store}` }],
});
