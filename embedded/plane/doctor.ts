/** Owns the part of the report on this machine that concerns one stack's control plane and its ports. Changes nothing. */

import { InvalidInput } from "../../graph/problems";
import type { Finding } from "../toolchain/doctor";
import { controlPlaneStatus, type ControlPlaneStatus } from "./control-plane";
import { choosePorts, portBase, portsFrom, requireFree, type Ports } from "./ports";

/** The control plane of the stack in `dir`, and whether the ports it has or would take are free. */
export async function planeReport(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<readonly Finding[]> {
  try {
    const status = await controlPlaneStatus(dir);
    return [plane(status), await ports(status, await portsOf(dir, status, env))];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(broken);
    throw error;
  }
}

const broken = ({ where, got, want, mend }: InvalidInput["problems"][number]): Finding => ({
  what: where,
  state: "broken",
  detail: `${got}, want ${want}`,
  mend,
});

const portsOf = async (dir: string, { record }: ControlPlaneStatus, env: NodeJS.ProcessEnv): Promise<Ports> =>
  env["KEELSON_PORT"] ? portsFrom(portBase(env)) : (record?.ports ?? (await choosePorts(dir, portBase(env))));

function plane({ state, processes, record }: ControlPlaneStatus): Finding {
  const what = "control plane";
  const living = processes.filter(({ alive }) => alive).map(({ name, pid }) => `${name} ${pid}`);
  if (state === "running") return { what, state: "ok", detail: `${record?.endpoint}: ${living.join(", ")}` };
  if (state === "broken")
    return {
      what,
      state: "broken",
      detail: `only ${living.join(", ")} of it live, or it does not answer`,
      mend: "make up",
    };
  return {
    what,
    state: "missing",
    detail: state === "none" ? "not started yet" : "stopped, its data are kept",
    mend: "make up",
  };
}

async function ports({ processes, state }: ControlPlaneStatus, wanted: Ports): Promise<Finding> {
  const ours = processes.filter(({ alive }) => alive).map(({ pid }) => pid);
  await requireFree(wanted, ours);
  const detail = `${wanted.api} to ${wanted.kwok} on 127.0.0.1 are ${state === "running" ? "its own" : "free"}`;
  return { what: "ports", state: "ok", detail };
}
