/**
 * One region of an embedded drill: a stack with its state, a real control plane, an S3 API, Velero and PostgreSQL, each a
 * plain process. Everything lies below the drill's own folder, so no stack that somebody uses is touched.
 */
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Interruption } from "../embedded/engine/interruption";
import { type Plan } from "../embedded/engine/plan";
import { planeShapeOf } from "../embedded/engine/plane-shape";
import { type Plane, preparePlane } from "../embedded/engine/plane-session";
import { openSession, withControlPlane } from "../embedded/engine/program";
import { syncDelivered, writeRendered } from "../embedded/engine/rendered";
import { holdingTheStack, type Session } from "../embedded/engine/session";
import { sessionFacts } from "../embedded/engine/session-facts";
import { stateFile, type StackFiles, stackFiles } from "../embedded/engine/stack-files";
import { readResources, type StateResource } from "../embedded/engine/state";
import { up } from "../embedded/engine/update";
import { projectName } from "../embedded/engine/workspace";
import { type ApiClient, apiClient } from "../embedded/plane/api";
import { removeControlPlane } from "../embedded/plane/control-plane";
import { type PlaneRecord } from "../embedded/plane/layout";
import { endAllOf } from "../embedded/region/daemon";
import { endPostgres, type PostgresSite } from "../embedded/region/postgres";
import { endS3, type S3Site } from "../embedded/region/s3";
import {
  endVelero,
  startVelero,
  veleroDeployment,
  type VeleroBinaries,
  type VeleroSite,
} from "../embedded/region/velero";
import { type Progress } from "../embedded/toolchain/progress";
import { type Graph } from "../graph/model";
import { compileStack } from "../stacks/compile";
import { stackObjects } from "../stacks/objects";
import { databasesOf, vaultOf } from "../stacks/recovery-stack";
import { deliveredFiles } from "../stacks/render";
import { type Settings } from "../stacks/schema";

export interface Surroundings {
  readonly checkout: string;
  /** The drill's folder. */
  readonly folder: string;
  readonly interruption: Interruption;
  readonly progress: Progress;
}

export interface Region extends Surroundings {
  readonly name: string;
  readonly settings: Settings;
  readonly graph: Graph;
  readonly dir: string;
  readonly files: StackFiles;
  readonly s3: S3Site;
  /** Of the region's own backups. */
  readonly bucket: string;
  readonly ports: RegionPorts;
}

export interface RegionPorts {
  readonly plane: number;
  readonly s3: number;
  readonly velero: number;
  /** The first of one for each database. */
  readonly databases: number;
}

/** The place of a region in a drill: its folder below the drill's, and which half of the ports it has. */
export interface Seat {
  readonly dir: "primary" | "recovery" | "returned";
  readonly half: 0 | 1;
}

export const SEATS = {
  primary: { dir: "primary", half: 0 },
  recovery: { dir: "recovery", half: 1 },
  /** The region that was lost, after going back. */
  returned: { dir: "returned", half: 0 },
} as const satisfies Record<string, Seat>;

/** Two regions of a drill share a block of sixty ports, of which this is the first. */
export const portsOf = (base: number, { half }: Seat): RegionPorts => ({
  plane: base + 10 * half,
  s3: base + 20 + half,
  velero: base + 22 + 2 * half,
  databases: base + 30 + 15 * half,
});

/** @param port The first of the drill's ports. */
export function regionOf(around: Surroundings, settings: Settings, seat: Seat, port: number): Region {
  const [name, ports] = [settings.cloud.region, portsOf(port, seat)];
  const dir = join(around.folder, seat.dir);
  mkdirSync(dir, { recursive: true });
  const derived = seat.dir === "primary" ? {} : { settings: derivedFile(around, settings.stack) };
  const place = { root: dir, cloud: join(around.folder, "cloud.json"), ...derived };
  return {
    ...around,
    ...{ name, settings, dir, ports },
    graph: compileStack(settings),
    files: stackFiles(around.checkout, settings.stack, place),
    s3: { dir, region: name, port: ports.s3 },
    bucket: vaultOf(settings).bucket,
  };
}

/** Where the drill writes the stack file of a stack that no file is committed for. */
export const derivedFile = ({ folder }: Surroundings, stack: string): string => join(folder, `Pulumi.${stack}.yaml`);

const sessionOf = (
  { checkout, settings, files, interruption, progress }: Region,
  judged: boolean,
): Promise<Session> => {
  const place = { root: files.root, cloud: files.cloud, settings: files.settings };
  const facts = sessionFacts({ name: settings.stack, settings });
  return openSession({ checkout, place, ...facts, interruption, progress, judged });
};

export const planeOf = (region: Region): Plane => {
  const { files, settings, interruption, progress, ports } = region;
  const env = { ...process.env, KEELSON_PORT: String(ports.plane) };
  return preparePlane({ files, ...planeShapeOf(settings), progress, signal: interruption.signal, env });
};

export interface UpWish {
  /** With the policy pack. */
  readonly judged: boolean;
  /** Whether Argo CD may look at its repository afterwards. */
  readonly deliver: boolean;
}

/** `keelson up` for a region of the drill. Says how many resources changed. */
export async function bringUp(region: Region, { judged, deliver }: UpWish): Promise<number> {
  const { files, graph, settings } = region;
  const session = await sessionOf(region, judged);
  const plane = planeOf(region);
  await plane.start();
  writeRendered(files, deliveredFiles(graph, settings));
  const env = { ...session.env, ...withControlPlane(files) };
  const brought = await holdingTheStack(session, () => up({ ...session, env }, { planned: nameViolations }));
  if (deliver) await deliverNow(region);
  return Object.entries(brought.changes).reduce((sum, [kind, count]) => sum + (kind === "same" ? 0 : count), 0);
}

/** The engine only counts what the pack forbids. */
function nameViolations(found: Plan): void {
  const named = Object.values(found.verdicts).flatMap(({ kind, name, violations }) =>
    violations
      .filter(({ enforcement }) => enforcement === "mandatory")
      .map(({ rule, message }) => `${kind} ${name}: ${rule}: ${message}`),
  );
  const ofStack = found.ofStack
    .filter(({ enforcement }) => enforcement === "mandatory")
    .map(({ rule, message }) => `${rule}: ${message}`);
  if (named.length + ofStack.length > 0)
    throw new Error(`the policy pack forbids ${[...named, ...ofStack].join("; ")}`);
}

/** Argo CD's next look at its repository, where the stack is delivered by it. */
export async function deliverNow({ files, graph, settings }: Region): Promise<void> {
  if (settings.delivery.by !== "argocd") return;
  writeRendered(files, deliveredFiles(graph, settings));
  await syncDelivered(files);
}

/** Works with the region's API server. */
export async function withApi<T>({ files }: Region, work: (api: ApiClient) => Promise<T>): Promise<T> {
  const api = apiClient(JSON.parse(readFileSync(files.controlPlane, "utf8")) as PlaneRecord);
  return work(api).finally(() => api.close());
}

/** The namespace that Velero's own objects lie in, as the program has it. */
export function veleroNamespace({ graph, settings }: Region): string {
  const location = stackObjects(graph, settings).find(({ manifest }) => manifest.kind === "BackupStorageLocation");
  return location?.manifest.metadata.namespace ?? "velero";
}

export const veleroOf = (region: Region): VeleroSite => ({
  dir: region.dir,
  kubeconfig: join(region.dir, "plane", "kubeconfig"),
  namespace: veleroNamespace(region),
  s3: region.s3,
  port: region.ports.velero,
});

/** Runs Velero beside the region's cluster, in which stands what its chart would have made: Velero asks for itself there. */
export async function runVelero(region: Region, binaries: VeleroBinaries): Promise<void> {
  const site = veleroOf(region);
  const wanted = veleroDeployment(site.namespace);
  await withApi(region, (api) => api.apply(wanted, { fieldManager: "keelson-drill", force: true }));
  await startVelero(site, binaries);
}

/** The databases of a region, each archived to a bucket of the region's own. */
export const postgresOf = (region: Region): readonly PostgresSite[] =>
  databasesOf(region.settings).map(({ store, vault, path, server }, index) => ({
    dir: region.dir,
    store,
    port: region.ports.databases + index,
    archive: { s3: region.s3, bucket: vault.bucket, path, server },
  }));

/** Everything of the region that answers, ends at once; its control plane's data are gone, its state is out of reach. */
export async function loseRegion(region: Region): Promise<void> {
  await endVelero(region, 0);
  await Promise.all(postgresOf(region).map((site) => endPostgres(site)));
  await endS3(region.s3);
  await removeControlPlane(region.dir);
  if (existsSync(region.files.backend)) renameSync(region.files.backend, `${region.files.backend}.lost`);
}

export const stateFileOf = ({ files }: Region): string => stateFile(files, projectName(files));

/** The resources of the region's stack, as the engine recorded them. */
export const resourcesOf = (region: Region): readonly StateResource[] => readResources(stateFileOf(region));

/** Ends every process of a region, by its folder, and forgets its control plane. */
export async function endRegion(dir: string): Promise<void> {
  await endAllOf(dir, 2);
  await removeControlPlane(dir);
}
