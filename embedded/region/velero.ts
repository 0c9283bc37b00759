/**
 * Owns Velero's server as a plain process beside a control plane: the real binary with its plugin for S3, as its chart runs
 * it in a pod. It reads the stack's own storage locations; only where S3 is, it is told from outside. No node agent runs,
 * because no container does: files of volumes are neither saved nor restored here.
 */

import { mkdirSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { type Manifest } from "../../graph/manifest";
import { writeWhole } from "../files";
import { answers } from "../plane/readiness";
import { endDaemon, living, startDaemon } from "./daemon";
import { s3Url, type S3Site } from "./s3";

export interface VeleroSite {
  /** The region's folder. */
  readonly dir: string;
  /** Of the administrator, for the region's API server. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly s3: S3Site;
  /** Metrics, and the one after it for profiles. */
  readonly port: number;
}

export interface VeleroBinaries {
  readonly velero: string;
  readonly plugin: string;
}

const NAME = "velero";

/** Short, because a drill waits for it: on a cluster both are a minute. */
const RHYTHM = ["--backup-sync-period=2s", "--store-validation-frequency=2s"] as const;

export const startVelero = (site: VeleroSite, binaries: VeleroBinaries): Promise<void> =>
  startDaemon({
    dir: site.dir,
    name: NAME,
    command: binaries.velero,
    args: [
      "server",
      `--namespace=${site.namespace}`,
      `--plugin-dir=${pluginFolder(site, binaries)}`,
      `--metrics-address=127.0.0.1:${site.port}`,
      `--profiler-address=127.0.0.1:${site.port + 1}`,
      ...RHYTHM,
    ],
    env: environment(site),
    isReady: () => answers(`http://127.0.0.1:${site.port}/metrics`),
  });

export const isVeleroRunning = ({ dir }: Pick<VeleroSite, "dir">): boolean => living(dir, NAME).length > 0;

export const endVelero = ({ dir }: Pick<VeleroSite, "dir">, patienceSeconds = 5): Promise<void> =>
  endDaemon(dir, NAME, patienceSeconds);

/** Velero runs every file of this folder that says it is a plugin: the real one for S3, a stand-in for Azure's blobs. */
function pluginFolder({ dir }: VeleroSite, { plugin }: VeleroBinaries): string {
  const folder = join(dir, "velero-plugins");
  const link = join(folder, "velero-plugin-for-aws");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(link)) symlinkSync(plugin, link);
  writeWhole(join(folder, "velero-plugin-for-azure-stand-in"), standInPlugin(), 0o755);
  return folder;
}

const standInPlugin = (): string =>
  `#!/bin/sh\nKEELSON_BLOBS_COMMAND="$0" exec '${process.execPath}' '${join(__dirname, "blobs", "main.js")}' "$@"\n`;

/** Credentials of nobody: the S3 API here asks for some and checks none. */
const CREDENTIALS = "[default]\naws_access_key_id = keelson\naws_secret_access_key = keelson-stand-in\n";

function environment({ dir, kubeconfig, namespace, s3 }: VeleroSite): Readonly<Record<string, string>> {
  const credentials = join(dir, "s3-credentials");
  writeFileSync(credentials, CREDENTIALS, { mode: 0o600 });
  return {
    KUBECONFIG: kubeconfig,
    VELERO_NAMESPACE: namespace,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_REGION: s3.region,
    AWS_ENDPOINT_URL_S3: s3Url(s3),
    KEELSON_BLOBS_DIR: s3.dir,
    KEELSON_BLOBS_REGION: s3.region,
    KEELSON_BLOBS_PORT: String(s3.port),
    HOME: dir,
  };
}

/** Without pods: the process outside is the server. A restore reads its own Deployment before it begins. */
export const veleroDeployment = (namespace: string): Manifest => {
  const labels = { "app.kubernetes.io/name": "velero", "keelson.dev/stands-in": "true" };
  const container = { name: "velero", image: "velero/velero:v1.18.3", command: ["/velero"], args: ["server"] };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "velero", namespace, labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
};
