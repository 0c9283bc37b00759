/**
 * The archive of a PostgreSQL cluster: every segment of its log and a daily base backup in object storage, written beside
 * each server by the Barman plugin. The cloud's identity opens the storage, so no object holds a key. An archive takes one
 * history only: its name carries region and generation, and a recovered store writes under a new one.
 *
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/
 */
import { type Manifest } from "../../graph/manifest";
import { days } from "../../graph/units";
import { type ArchivePlace, type Facts, type PostgresFacts } from "../kubernetes/facts";
import { type PostgresBackup } from "../kubernetes/custom";
import { NAMESPACES } from "../kubernetes/namespaces";

const namespace = NAMESPACES.data;

/** The plugin's name, as clusters ask for it. */
const PLUGIN = "barman-cloud.cloudnative-pg.io";

/** What a recovered cluster calls the one that wrote its archive. */
export const ORIGIN = "origin";

/** `payments-eu-west-1-1`: a store, where it lives, and how often it was made anew. */
export const serverName = (store: string, region: string, generation: number): string =>
  `${store}-${region}-${generation}`;

/** Names of the stores that archive. */
export const archivedStores = (stores: Facts["stores"]): readonly string[] =>
  Object.entries(stores).flatMap(([name, store]) =>
    store.flavour === "cloudnative-pg" && store.archive !== undefined ? [name] : [],
  );

/** Regions whose archives the stores of a stack come back from. */
export const originRegions = (stores: Facts["stores"]): readonly string[] => [
  ...new Set(
    Object.values(stores).flatMap((store) =>
      store.flavour === "cloudnative-pg" && store.archive?.from !== undefined ? [store.archive.from.region] : [],
    ),
  ),
];

export const archiveObjects = (facts: Facts, store: string, { archive }: PostgresFacts): readonly Manifest[] =>
  archive === undefined
    ? []
    : [
        objectStore(store, facts.archives, {
          folder: facts.archives.folder,
          env: identityVariables(store, facts.archives),
          more: { retentionPolicy: `${days(archive.retention)}d` },
        }),
        ...(archive.from === undefined ? [] : [origin(store, facts.archives, archive.from.region)]),
        dailyBackup(store),
      ];

/** Read once, and never tidied up from here. The store's own says who reads: the plugin joins the variables of both. */
const origin = (store: string, place: ArchivePlace, region: string): Manifest =>
  objectStore(`${store}-${ORIGIN}`, place, { folder: place.origins[region] ?? "", env: [], more: {} });

/** Name of the ConfigMap that holds the client id of a store's servers, where the cloud wants one. */
export const archiveIdentity = (store: string): string => `${store}-archive-identity`;

const CLIENT_ID_KEY = "client-id";

/** @param clientId an output of the cloud: Pulumi registers this object, whoever delivers the rest. */
export const identityObject = (store: string, clientId: unknown): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: archiveIdentity(store), namespace },
  data: { [CLIENT_ID_KEY]: clientId },
});

const identityVariables = (store: string, { marks }: ArchivePlace): readonly object[] =>
  marks === undefined
    ? []
    : [
        {
          name: marks.variable,
          valueFrom: { configMapKeyRef: { name: archiveIdentity(store), key: CLIENT_ID_KEY } },
        },
      ];

interface Contents {
  readonly folder: string;
  readonly env: readonly object[];
  readonly more: Readonly<Record<string, unknown>>;
}

const objectStore = (name: string, { signIn }: ArchivePlace, { folder, env, more }: Contents): Manifest => ({
  apiVersion: "barmancloud.cnpg.io/v1",
  kind: "ObjectStore",
  metadata: { name, namespace },
  spec: {
    configuration: {
      destinationPath: folder,
      ...signIn,
      wal: { compression: "gzip", maxParallel: 2 },
      data: { compression: "gzip", jobs: 2 },
    },
    instanceSidecarConfiguration: {
      resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      ...(env.length === 0 ? {} : { env }),
    },
    ...more,
  },
});

/** Makes the plugin the archiver of the cluster's log, and its servers known to the cloud that keeps it. */
export const archivePlugin = ({ scope, archives }: Facts, store: string, { archive }: PostgresFacts) =>
  archive === undefined
    ? {}
    : {
        ...(archives.marks === undefined ? {} : { inheritedMetadata: { labels: archives.marks.podLabels } }),
        plugins: [
          {
            name: PLUGIN,
            isWALArchiver: true,
            parameters: {
              barmanObjectName: store,
              serverName: serverName(store, scope.region, archive.generation),
            },
          },
        ],
      };

/** The cluster that wrote the archive to recover from. */
export const originCluster = (store: string, { archive }: PostgresFacts) =>
  archive?.from === undefined
    ? {}
    : {
        externalClusters: [
          {
            name: ORIGIN,
            plugin: {
              name: PLUGIN,
              parameters: {
                barmanObjectName: `${store}-${ORIGIN}`,
                serverName: serverName(store, archive.from.region, archive.from.generation),
              },
            },
          },
        ],
      };

/** At one in the night, UTC, and once at the start: before the first, a log has nothing to be replayed onto. */
const dailyBackup = (store: string): PostgresBackup => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "ScheduledBackup",
  metadata: { name: `${store}-daily`, namespace },
  spec: {
    schedule: "0 0 1 * * *",
    immediate: true,
    backupOwnerReference: "self",
    cluster: { name: store },
    method: "plugin",
    pluginConfiguration: { name: PLUGIN },
  },
});
