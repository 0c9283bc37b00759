/**
 * Owns one real Kubernetes control plane as plain processes: etcd, API server, controller manager, scheduler and kwok.
 * Starting it again is safe: what runs and answers is used, what half runs is ended and started anew on the same data.
 */

import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { isAlive } from "../process/identity";
import { withLock } from "../process/lock";
import { during, silent, type Progress } from "../toolchain/progress";
import { PLANE_TOOLS, type PlaneTool } from "../toolchain/tools";
import { apiClient, type Access, type ApiClient } from "./api";
import { endpointOf, healthUrl, planCommands, type CommandInputs } from "./commands";
import { dropExpired, ensureCredentials, writeKubeconfigs, type Tokens } from "./credentials";
import { layoutOf, logOf, readRecord, writeRecord, type Layout, type PlaneProcess, type PlaneRecord } from "./layout";
import { applyNodes, planNodes, type NodeShape } from "./nodes";
import { choosePorts, portBase, portsFrom, requireFree, type Ports } from "./ports";
import { answers, isReady, isSettled, waitUntil } from "./readiness";
import { endProcesses, livingProcesses, startProcess } from "./supervisor";

export interface ControlPlaneOptions {
  /** The stack's folder, `<checkout>/.keelson/<stack>`. */
  readonly dir: string;
  /** Absolute paths, as `ensureTools(PLANE_TOOLS)` gives them. */
  readonly binaries: Readonly<Record<PlaneTool, string>>;
  readonly nodes: NodeShape;
  /** Of Services; the control plane keeps the one it was first started with. @default 172.20.0.0/16, as on EKS */
  readonly serviceCidr?: string;
  /** Of pods. @default 10.244.0.0/16 */
  readonly podCidr?: string;
  /** `KEELSON_PORT` is read from it. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default silent */
  readonly progress?: Progress;
}

export interface ProcessStatus extends PlaneProcess {
  readonly alive: boolean;
  readonly log: string;
}

export interface ControlPlaneStatus {
  /** `none`: never started, or removed. `broken`: some of it lives, or the API server does not answer. */
  readonly state: "none" | "stopped" | "running" | "broken";
  readonly processes: readonly ProcessStatus[];
  readonly record?: PlaneRecord;
}

/** The version the API server tells, such as `v1.36.3`. */
const versionOf = async (api: ApiClient): Promise<string> =>
  ((await api.call({ method: "GET", path: "/version" })) as { gitVersion: string }).gitVersion;

/**
 * Starts the control plane, or uses the one that runs.
 * @throws InvalidInput when a port is taken; nothing was changed then.
 * @throws ControlPlaneError when a process does not come up; what was started is ended again.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<PlaneRecord> {
  const layout = layoutOf(options.dir);
  return exclusively(layout, async () => {
    const status = await controlPlaneStatus(options.dir);
    const record = status.state === "running" && status.record ? status.record : await startAnew(options, layout);
    const api = apiClient(record);
    await applyNodes(api, planNodes(options.nodes)).finally(() => api.close());
    return record;
  });
}

/**
 * Whether it could be started as far as ports go; to be asked before minutes are spent on building it.
 * @throws InvalidInput when a port it would take is held by another program.
 */
export async function requirePorts(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const record = await readRecord(layoutOf(dir));
  const ours = livingProcesses(layoutOf(dir)).map(({ pid }) => pid);
  if (ours.length === 0 || env["KEELSON_PORT"]) await requireFree(await portsFor({ dir, env }, record), ours);
}

/** Ends its processes, keeps its data. Says what was ended. */
export async function stopControlPlane(dir: string): Promise<readonly PlaneProcess[]> {
  const layout = layoutOf(dir);
  if (!existsSync(dir)) return [];
  return exclusively(layout, () => stopLocked(layout));
}

/** Ends its processes and deletes its data. */
export async function removeControlPlane(dir: string): Promise<readonly PlaneProcess[]> {
  const layout = layoutOf(dir);
  if (!existsSync(dir)) return [];
  return exclusively(layout, async () => {
    const ended = await endProcesses(layout);
    await rm(layout.record, { force: true });
    await rm(layout.plane, { recursive: true, force: true });
    return ended;
  });
}

/** Looks, and changes nothing. */
export async function controlPlaneStatus(dir: string): Promise<ControlPlaneStatus> {
  const layout = layoutOf(dir);
  const record = await readRecord(layout);
  const living = livingProcesses(layout);
  const listed = record === undefined || record.processes.length === 0 ? living : record.processes;
  const processes = listed.map((one) => ({ ...one, alive: isAlive(one), log: logOf(layout, one.name) }));
  const state = await stateOf(record, processes);
  return { state, processes, ...(record === undefined ? {} : { record }) };
}

type State = ControlPlaneStatus["state"];

async function stateOf(record: PlaneRecord | undefined, processes: readonly ProcessStatus[]): Promise<State> {
  const living = processes.filter(({ alive }) => alive);
  if (living.length === 0) return record === undefined ? "none" : "stopped";
  const complete = PLANE_TOOLS.every((tool) => living.some(({ name }) => name === tool));
  return record !== undefined && complete && (await answersNow(record)) ? "running" : "broken";
}

async function answersNow(access: Access): Promise<boolean> {
  const api = apiClient(access);
  return isReady(api).finally(() => api.close());
}

/** Two commands at once for one stack would start everything twice. */
const exclusively = <T>(layout: Layout, work: () => Promise<T>): Promise<T> =>
  withLock(`${layout.plane}.lock`, {}, work);

async function stopLocked(layout: Layout): Promise<readonly PlaneProcess[]> {
  const record = await readRecord(layout);
  const ended = await endProcesses(layout);
  if (record !== undefined) writeRecord(layout, { ...record, processes: [] });
  return ended;
}

async function startAnew(options: ControlPlaneOptions, layout: Layout): Promise<PlaneRecord> {
  const before = await readRecord(layout);
  const ports = await portsFor(options, before);
  const leftovers = livingProcesses(layout).map(({ pid }) => pid);
  await requireFree(ports, leftovers);
  await endProcesses(layout);
  await mkdir(layout.certificates, { recursive: true, mode: 0o700 });
  await dropExpired(layout.authority);
  const tokens = await ensureCredentials(layout);
  writeKubeconfigs(layout, endpointOf(ports), tokens);
  const progress = options.progress ?? silent;
  const step = { what: "starting the Kubernetes control plane", expectedSeconds: 10 };
  try {
    return await during(progress, step, () => startAll(inputsOf(options, layout, ports, before), options, tokens));
  } catch (error) {
    await endProcesses(layout);
    throw error;
  }
}

/** Its own ports of last time; others only when KEELSON_PORT says so. */
async function portsFor(
  { dir, env = process.env }: Pick<ControlPlaneOptions, "dir" | "env">,
  before?: PlaneRecord,
): Promise<Ports> {
  const base = portBase(env);
  if (before === undefined) return choosePorts(dir, base);
  return env["KEELSON_PORT"] ? portsFrom(base) : before.ports;
}

/** The range of Services cannot change under existing Services. */
function inputsOf(options: ControlPlaneOptions, layout: Layout, ports: Ports, before?: PlaneRecord): CommandInputs {
  const serviceCidr = before?.serviceCidr ?? options.serviceCidr ?? "172.20.0.0/16";
  return { layout, ports, serviceCidr, podCidr: options.podCidr ?? "10.244.0.0/16" };
}

async function startAll(inputs: CommandInputs, options: ControlPlaneOptions, tokens: Tokens): Promise<PlaneRecord> {
  const { layout, ports } = inputs;
  const commands = planCommands(inputs);
  const start = (name: PlaneTool) => startProcess(layout, name, { path: options.binaries[name], args: commands[name] });
  const etcd = await start("etcd");
  await waitUntil({ layout, process: etcd }, () => answers(healthUrl("etcd", ports)));
  const server = await start("kube-apiserver");
  await waitUntil({ layout, process: server }, async () => existsSync(layout.authority));
  const access = await accessOf(layout, ports, tokens);
  const api = apiClient(access);
  try {
    await waitUntil({ layout, process: server }, () => isReady(api));
    const clients = await Promise.all(CLIENTS.map(start));
    const record = { ...access, ...inputsRecord(inputs), version: await versionOf(api) };
    await Promise.all(clients.map((process, index) => waitForClient(inputs, process, CLIENTS[index])));
    await waitUntil({ layout, process: server }, () => isSettled(api));
    const whole = { ...record, processes: [etcd, server, ...clients] };
    writeRecord(layout, whole);
    return whole;
  } finally {
    api.close();
  }
}

/** What talks to the API server, and can start at the same time. */
const CLIENTS = ["kube-controller-manager", "kube-scheduler", "kwok"] as const;

const waitForClient = ({ layout, ports }: CommandInputs, process: PlaneProcess, name: PlaneTool = "kwok") =>
  waitUntil({ layout, process }, () => answers(healthUrl(name, ports)));

async function accessOf(layout: Layout, ports: Ports, tokens: Tokens): Promise<Access> {
  const caData = (await readFile(layout.authority)).toString("base64");
  return { endpoint: endpointOf(ports), caData, token: tokens.admin };
}

const inputsRecord = ({ layout, ports, serviceCidr }: CommandInputs) => ({
  caFile: layout.authority,
  kubeconfig: layout.kubeconfig,
  ports,
  serviceCidr,
});
