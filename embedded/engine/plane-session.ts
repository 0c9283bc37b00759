/**
 * The control plane as a stack's runs use it: its binaries are got while the plan is made, it is started when it is
 * needed, and when it dies during a run the message says so instead of a thousand refused connections.
 */
import { apiClient } from "../plane/api";
import { controlPlaneStatus, startControlPlane } from "../plane/control-plane";
import { type Installed, installDefinitions } from "../plane/definitions";
import { type PlaneRecord } from "../plane/layout";
import { type NodeShape } from "../plane/nodes";
import { toolContext } from "../toolchain/context";
import { becauseOf, type CrdSet, crdSetsOf } from "../toolchain/crd-sources";
import { type Crd, type CrdsFound, findCrds } from "../toolchain/crds";
import { startTools } from "../toolchain/ensure";
import { type Progress } from "../toolchain/progress";
import { PLANE_TOOLS, type PlaneTool } from "../toolchain/tools";
import { RunFailed } from "./failures";
import { type StackFiles } from "./stack-files";

export interface PlaneWish {
  readonly files: StackFiles;
  readonly nodes: NodeShape;
  /** The custom resource definitions of this system on this cloud are what the API server needs. */
  readonly system: string;
  readonly cloud: string;
  /** Range of Services, as the stack's settings state it. */
  readonly serviceCidr: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** `KEELSON_PORT` is read from it. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

export interface RunningPlane {
  readonly record: PlaneRecord;
  /** Custom resources the API server does not know or knows by a stand-in only, in words. */
  readonly remarks: readonly string[];
}

export interface Plane {
  /** Starts it, once; waits for its tools first. */
  start(): Promise<RunningPlane>;
}

function remarksOn({ crds, missing }: CrdsFound, { refused }: Installed): readonly string[] {
  const standIns = crds.filter(({ schema }) => schema === "stand-in");
  return [
    ...[...new Set(standIns.map(({ set }) => set))].map((set) =>
      anyFields(
        set,
        standIns.filter((crd) => crd.set === set),
      ),
    ),
    ...missing.map(({ set, why }) => `definitions of ${set} could not be had: ${why}`),
    ...refused.map(({ name, why }) => `definition ${name} was refused: ${why}`),
  ];
}

const anyFields = (set: CrdSet, crds: readonly Crd[]): string => {
  const names = crds.map(({ manifest }) => manifest.metadata.name).join(", ");
  return `accepted with any fields, for want of the definition: ${names}; ${becauseOf(set)}`;
};

async function define(record: PlaneRecord, definitions: Promise<CrdsFound>): Promise<RunningPlane> {
  const found = await definitions;
  const api = apiClient(record);
  try {
    return { record, remarks: remarksOn(found, await installDefinitions(api, found.crds)) };
  } finally {
    api.close();
  }
}

/** Begins to get the binaries and definitions at once, in the background. */
export function preparePlane(wish: PlaneWish): Plane {
  const { files, nodes, system, cloud, serviceCidr, progress, signal, env = process.env } = wish;
  const context = toolContext({ progress, signal });
  const tools = startTools(PLANE_TOOLS, context);
  const definitions = tools.then(() => findCrds(crdSetsOf(system, cloud), context));
  definitions.catch(() => undefined); // told when the plane is started
  let started: Promise<RunningPlane> | undefined;
  const begin = async (): Promise<RunningPlane> => {
    const found = await tools;
    const paths = Object.fromEntries(PLANE_TOOLS.map((name) => [name, found[name].path]));
    const binaries = paths as Readonly<Record<PlaneTool, string>>;
    const record = await startControlPlane({ dir: files.root, binaries, nodes, serviceCidr, progress, env });
    return define(record, definitions);
  };
  return { start: () => (started ??= begin()) };
}

/** Adds to a failed run that the control plane was lost meanwhile, if it was. */
export async function blameLostPlane(files: StackFiles, error: unknown): Promise<unknown> {
  if (!(error instanceof RunFailed)) return error;
  const { state, processes } = await controlPlaneStatus(files.root);
  if (state !== "broken" && state !== "stopped") return error;
  const dead = processes.filter(({ alive }) => !alive);
  const lost = dead.map(({ name, pid, log }) => ({
    resource: `the control plane: ${name}`,
    message: `process ${pid} ended during the run; its log is ${log}`,
  }));
  const mend = `run \`keelson up -s ${files.stack}\` again: it starts the control plane anew on the same data and goes on`;
  return new RunFailed([...lost, ...error.failures], error.log, mend);
}
