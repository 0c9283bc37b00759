/** One cluster with a real Velero beside a stand-in S3 that can be broken, for tests of what goes wrong in a recovery. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiClient, apiClient } from "../../embedded/plane/api";
import { installDefinitions } from "../../embedded/plane/definitions";
import { endAllOf } from "../../embedded/region/daemon";
import { ensureBucket, type S3Site, startS3 } from "../../embedded/region/s3";
import { endVelero, startVelero, type VeleroBinaries, veleroDeployment } from "../../embedded/region/velero";
import { toolContext } from "../../embedded/toolchain/context";
import { type Crd, findCrds } from "../../embedded/toolchain/crds";
import { ensureTools } from "../../embedded/toolchain/ensure";
import { ensurePythonKit } from "../../embedded/toolchain/python-kit";
import { DRILL_TOOLS } from "../../embedded/toolchain/tools";
import { type Manifest } from "../../graph/manifest";
import { freeBase } from "./checkout";
import { removePlane, startPlane, type TestPlane } from "./plane";

export const NAMESPACE = "velero";
export const BUCKET = "backups";
export const MANAGER = { fieldManager: "test", force: true } as const;

export const namespaceObject = (name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});

/** A container of an account on Azure, by its own name or, in its pair, as a copy. */
export const blobLocation = (name: string, account: string, accessMode: "ReadWrite" | "ReadOnly"): Manifest => ({
  apiVersion: "velero.io/v1",
  kind: "BackupStorageLocation",
  metadata: { name, namespace: NAMESPACE },
  spec: {
    provider: "azure",
    accessMode,
    objectStorage: { bucket: "backups", prefix: "daily" },
    config: { storageAccount: account, storageAccountURI: `https://${account}.blob.core.windows.net`, useAAD: "true" },
  },
});

interface LocationShape {
  readonly region?: string;
  readonly bucket?: string;
  readonly accessMode?: "ReadWrite" | "ReadOnly";
}

export const locationObject = (name: string, region: string, shape: LocationShape = {}): Manifest => ({
  apiVersion: "velero.io/v1",
  kind: "BackupStorageLocation",
  metadata: { name, namespace: NAMESPACE },
  spec: {
    provider: "aws",
    accessMode: shape.accessMode ?? "ReadWrite",
    objectStorage: { bucket: shape.bucket ?? BUCKET, prefix: "daily" },
    config: { region: shape.region ?? region },
  },
});

/** Of one namespace, cluster-wide objects and all: the worst that a restore can be asked for. */
export const scheduleObject = (namespace: string): Manifest => ({
  apiVersion: "velero.io/v1",
  kind: "Schedule",
  metadata: { name: "daily", namespace: NAMESPACE },
  spec: {
    schedule: "0 3 * * *",
    template: {
      includedNamespaces: [namespace],
      includeClusterResources: true,
      snapshotVolumes: false,
      storageLocation: "daily",
      ttl: "720h0m0s",
    },
  },
});

export const backupObject = (name: string): Manifest => ({
  apiVersion: "velero.io/v1",
  kind: "Backup",
  metadata: { name, namespace: NAMESPACE },
});

export class VeleroRegion {
  private constructor(
    readonly plane: TestPlane,
    readonly api: ApiClient,
    readonly s3: S3Site,
    private readonly binaries: VeleroBinaries,
  ) {}

  /** @param more definitions that Velero must know from its start: it asks for kinds every five minutes only */
  static async make(more: readonly Crd[] = []): Promise<VeleroRegion> {
    const plane = await startPlane();
    const context = toolContext();
    const api = apiClient(plane.record);
    const { crds } = await findCrds(["velero", "gateway-api", "cert-manager"], context);
    await installDefinitions(api, [...crds, ...more]);
    const found = await ensureTools(DRILL_TOOLS, context);
    const port = await freeBase();
    const dir = mkdtempSync(join(tmpdir(), "keelson-velero-"));
    const s3 = { dir, region: "eu-west-1", port };
    await startS3(s3, await ensurePythonKit(context));
    await ensureBucket(s3, BUCKET);
    const binaries = { velero: found.velero.path, plugin: found["velero-plugin-for-aws"].path };
    const region = new VeleroRegion(plane, api, s3, binaries);
    for (const each of [namespaceObject(NAMESPACE), veleroDeployment(NAMESPACE), locationObject("daily", s3.region)])
      await region.have(each);
    await region.start();
    return region;
  }

  readonly have = (object: Manifest): Promise<Manifest> => this.api.apply(object, MANAGER);

  start(): Promise<void> {
    const { s3 } = this;
    const kubeconfig = join(this.plane.dir, "plane", "kubeconfig");
    const site = { dir: s3.dir, kubeconfig, namespace: NAMESPACE, s3, port: s3.port + 2 };
    return startVelero(site, this.binaries);
  }

  /** As a node that is lost would: nothing is put in order. */
  readonly kill = (): Promise<void> => endVelero(this.s3, 0);

  log = (): string => readFileSync(join(this.s3.dir, "logs", "velero.log"), "utf8");

  async remove(): Promise<void> {
    this.api.close();
    await endAllOf(this.s3.dir, 1);
    await removePlane(this.plane);
    rmSync(this.s3.dir, { recursive: true, force: true });
  }
}
