/** Two stacks on Azure, small and large, as their files would say it. */
import { type AzureSettings } from "../../../stacks/schema";
import { type Raw, readSettings } from "../../../stacks/settings";

export const SUBSCRIPTION = "00000000-0000-0000-0000-00000000c10d";
const TENANT = "11111111-1111-1111-1111-111111111111";
const DEPLOYERS = "22222222-2222-2222-2222-222222222222";
const READERS = "33333333-3333-3333-3333-333333333333";

const SHARED: Raw = { system: "shop", organisation: "acme", owner: "platform", costCentre: "shop" };
const CLOUD = {
  provider: "azure",
  region: "westeurope",
  subscription: SUBSCRIPTION,
  tenant: TENANT,
  zones: ["1", "2", "3"],
};
const CERTIFICATES = { email: "platform@example.com" };
const STORES = {
  orders: { flavour: "cloudnative-pg", instances: 3, disk: "10 GiB" },
  payments: { flavour: "cloudnative-pg", instances: 3, disk: "10 GiB" },
  sessions: { flavour: "valkey", replicas: 2, memory: "128 MiB" },
};

const archive = { retention: "30 days" };
const ARCHIVED = {
  ...STORES,
  orders: { ...STORES.orders, archive },
  payments: { ...STORES.payments, archive },
};

/** One place to push and deploy from, nothing worth keeping. */
export const SMALL: Raw = {
  ...SHARED,
  stage: "dev",
  cloud: CLOUD,
  network: { cidr: "10.60.0.0/16" },
  cluster: {
    version: "1.36",
    access: { mode: "restricted", ranges: ["203.0.113.0/24"] },
    nodes: { type: "Standard_D2ds_v5", min: 3, max: 6 },
    deployGroup: DEPLOYERS,
  },
  edge: { kind: "kong", host: "api.dev.example.com", zone: { name: "dev.example.com" }, certificates: CERTIFICATES },
  stores: STORES,
  protection: { mode: "disposable", loses: "What developers tried out, and every backup of it." },
};

/** A private API server, archives, copies of backups in the paired region, logs, threat detection. */
export const LARGE: Raw = {
  ...SHARED,
  stage: "prod",
  cloud: CLOUD,
  network: { cidr: "10.80.0.0/16" },
  cluster: {
    version: "1.36",
    access: { mode: "private" },
    nodes: { type: "Standard_D4ds_v5", min: 3, max: 12 },
    deployGroup: DEPLOYERS,
    readOnlyGroup: READERS,
    logs: "365 days",
    defender: true,
    azurePolicy: true,
  },
  edge: {
    kind: "kong",
    host: "api.example.com",
    zone: { name: "example.com", create: false, resourceGroup: "dns" },
    certificates: CERTIFICATES,
  },
  stores: ARCHIVED,
  backup: { copies: "pairedRegion", undelete: "30 days" },
  logs: { to: "logAnalytics" },
};

/** The same in the pair, where both databases come back from what the lost region archived. */
export const RECOVERY: Raw = {
  ...LARGE,
  role: "recovery",
  cloud: { ...CLOUD, region: "northeurope" },
  stores: {
    ...ARCHIVED,
    orders: {
      ...STORES.orders,
      archive: { ...archive, generation: 2, from: { region: "westeurope", generation: 1 } },
    },
    payments: { ...STORES.payments, archive: { ...archive, from: { region: "westeurope", generation: 1 } } },
  },
};

/** The same stores as services of Azure's: one change of flavour each, with the keys that flavour takes. */
export const MANAGED_STORES = {
  orders: { flavour: "flexible-server", slot: 0, class: "Standard_D2ds_v5", disk: "64 GiB", multiZone: true },
  payments: { flavour: "flexible-server", slot: 1, class: "Standard_D2ds_v5", disk: "64 GiB", multiZone: true },
  sessions: { flavour: "managed-redis", slot: 2, class: "Balanced_B5", multiZone: true },
};

/** Managed stores with copies in the pair, in a stack that gives its data up: a copy arrives within the hour only. */
export const MANAGED: Raw = { ...SMALL, backup: { copies: "pairedRegion" }, stores: MANAGED_STORES };

/** @throws InvalidInput as a stack's file would. */
export function onAzure(stack: string, raw: Raw): AzureSettings {
  const settings = readSettings(stack, raw);
  if (settings.provider !== "azure") throw new Error(`${stack} is not on Azure`);
  return settings;
}
