/**
 * The archive of a PostgreSQL cluster: every segment of its log and a daily base backup in object storage, written beside
 * each server by the Barman plugin. The cloud's identity opens the storage, so no object holds a key. An archive takes one
 * history only: its name carries region and generation, and a recovered store writes under a new one.
 *
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/
 */
import { type Manifest } from "../../graph/manifest";
import { days } from "../../graph/units";
import { type Facts, type PostgresFacts } from "../kubernetes/facts";
import { type PostgresBackup } from "../kubernetes/custom";
import { NAMESPACES } from "../kubernetes/namespaces";
import { bucketName, type Scope } from "../names";

const namespace = NAMESPACES.data;

/** The plugin's name, as clusters ask for it. */
const PLUGIN = "barman-cloud.cloudnative-pg.io";

/** What a recovered cluster calls the one that wrote its archive. */
export const ORIGIN = "origin";

/** Bucket of a region's archives; an `S3Vault` makes it. */
export const archiveBucket = (scope: Scope): string => bucketName(scope, "archive");

/** Bucket that holds what another region archived: the copy, which outlives that region. */
export const originBucket = (scope: Scope, region: string): string =>
  region === scope.region ? archiveBucket(scope) : bucketName({ ...scope, region }, "archive-copy");

/** `payments-eu-west-1-1`: a store, where it lives, and how often it was made anew. */
export const serverName = (store: string, region: string, generation: number): string =>
  `${store}-${region}-${generation}`;

export const archiveObjects = (facts: Facts, store: string, { archive }: PostgresFacts): readonly Manifest[] =>
  archive === undefined
    ? []
    : [
        objectStore(store, archiveBucket(facts.scope), { retentionPolicy: `${days(archive.retention)}d` }),
        ...(archive.from === undefined ? [] : [origin(store, facts.scope, archive.from.region)]),
        dailyBackup(store),
      ];

/** Read once, and never tidied up from here. */
const origin = (store: string, scope: Scope, region: string): Manifest =>
  objectStore(`${store}-${ORIGIN}`, originBucket(scope, region), {});

const objectStore = (name: string, bucket: string, more: Readonly<Record<string, unknown>>): Manifest => ({
  apiVersion: "barmancloud.cnpg.io/v1",
  kind: "ObjectStore",
  metadata: { name, namespace },
  spec: {
    configuration: {
      destinationPath: `s3://${bucket}/postgres`,
      s3Credentials: { inheritFromIAMRole: true },
      wal: { compression: "gzip", maxParallel: 2 },
      data: { compression: "gzip", jobs: 2 },
    },
    instanceSidecarConfiguration: {
      resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    },
    ...more,
  },
});

/** Makes the plugin the archiver of the cluster's log. */
export const archivePlugin = ({ scope }: Facts, store: string, { archive }: PostgresFacts) =>
  archive === undefined
    ? {}
    : {
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
