/** A stack of the soak's system, what may be done to it, and what must hold of it afterwards. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ProcessId } from "../../embedded/process/identity";
import { pendingOperations, readResources } from "../../embedded/engine/state";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { withCloud } from "../../embedded/standin/cloud";
import { objectKey } from "../../embedded/standin/minting";
import { peek, type Fault } from "../../embedded/standin/store";
import { objectId } from "../../graph/manifest";
import {
  appliedBy,
  cloudObjects,
  everything,
  locksOf,
  onServer,
  processesOf,
  recorded,
  stateOf,
} from "../cluster/observation";
import { standinCheckout } from "../support/standin-session";
import { discard } from "../support/toy";
import { type Crash } from "./child";
import { type Shape } from "./system";

const PULUMI = /^pulumi-kubernetes/;

export interface Ended {
  readonly code: number | null;
  readonly changes: Readonly<Record<string, number>>;
  readonly said: string;
}

export const NEVER: Crash = { at: 0, all: false };

interface Started {
  readonly ended: Promise<Ended>;
  readonly isOver: () => boolean;
}

export class World {
  readonly files: StackFiles = standinCheckout();

  /** @param plane path of the control-plane.json of a running control plane, which nothing else uses meanwhile */
  constructor(plane: string) {
    mkdirSync(this.files.root, { recursive: true });
    copyFileSync(plane, this.files.controlPlane);
  }

  run(verb: "up" | "refresh" | "down", shape: Shape, crash = NEVER): Promise<Ended> {
    return this.#start(verb, shape, crash).ended;
  }

  #start(verb: string, shape: Shape, crash: Crash): Started {
    const script = join(__dirname, "child.js");
    const args = [script, this.files.checkout, verb, JSON.stringify(shape), JSON.stringify(crash)];
    const child = spawn(process.execPath, args);
    let [out, notes] = ["", ""];
    child.stdout.on("data", (part: Buffer) => (out += part.toString()));
    child.stderr.on("data", (part: Buffer) => (notes += part.toString()));
    const ended = new Promise<Ended>((done) => {
      child.once("close", (code) =>
        done({ code, changes: code === 0 ? (JSON.parse(out) as Ended["changes"]) : {}, said: notes }),
      );
    });
    return { ended, isOver: () => child.exitCode !== null || child.signalCode !== null };
  }

  /** An `up` of which one creation takes effect, its answer is lost, and the engine is killed as it waits. */
  async losingAnAnswer(type: string, shape: Shape): Promise<Ended> {
    await this.inject({ op: "create", type, times: 1, error: "", answerLost: true });
    const run = this.#start("up", shape, NEVER);
    while (!run.isOver() && this.faultsLeft() > 0) await pause(20);
    if (!run.isOver()) {
      await pause(100); // others of the same moment begin meanwhile
      const { pid } = JSON.parse(readFileSync(this.files.engine, "utf8")) as ProcessId;
      process.kill(pid, "SIGKILL");
    }
    return run.ended;
  }

  readonly inject = (fault: Fault): Promise<void> => withCloud(this.files.cloud, (cloud) => cloud.injectFault(fault));

  /** How many calls are still to fail. */
  faultsLeft(): number {
    return peek(this.files.cloud).faults.reduce((sum, { times }) => sum + times, 0);
  }

  /** The cloud is well again. */
  readonly heal = (): Promise<void> => withCloud(this.files.cloud, (cloud) => cloud.clearFaults());

  /** Deletes one object of the engine's that nothing refers to; says which, undefined when there is none. */
  async vanishFromCloud(nth: number): Promise<string | undefined> {
    return withCloud(this.files.cloud, (cloud) => {
      const live = cloud.objects(({ owner, status }) => owner === "engine" && status === "live");
      const leaves = live.filter((object) => cloud.referrers(objectKey(object)).length === 0);
      const victim = leaves.toSorted((a, b) => (a.urn < b.urn ? -1 : 1))[nth % Math.max(1, leaves.length)];
      if (victim !== undefined) cloud.drop(objectKey(victim));
      return victim?.urn;
    });
  }

  async vanishFromCluster(nth: number): Promise<string | undefined> {
    const ours = new Set(await this.#applied());
    const live = (await everything(this.files)).filter((each) => ours.has(objectId(each)));
    const victim = live.toSorted((a, b) => (objectId(a) < objectId(b) ? -1 : 1))[nth % Math.max(1, live.length)];
    if (victim === undefined) return undefined;
    await onServer(this.files, (api) => api.remove(victim));
    return objectId(victim);
  }

  readonly #applied = async (): Promise<readonly string[]> => appliedBy(PULUMI, await everything(this.files));

  /** Everything that must hold of a stack at rest, and does not. */
  async troubles(): Promise<readonly string[]> {
    return [...(await this.#cloudTroubles()), ...(await this.#clusterTroubles()), ...this.#leftovers()];
  }

  async #cloudTroubles(): Promise<readonly string[]> {
    const live = (await cloudObjects(this.files)).filter(
      ({ owner, status }) => owner === "engine" && status === "live",
    );
    const kept = recorded(this.files).filter(({ type }) => type.startsWith("aws:"));
    const own = kept.map(({ urn, id = "" }) => `${urn} ${id}`);
    const made = live.map(({ urn, id }) => `${urn} ${id}`);
    return [
      ...lacking("in the state and not in the cloud", own, made),
      ...lacking("in the cloud and not in the state", made, own),
    ];
  }

  async #clusterTroubles(): Promise<readonly string[]> {
    const kept = recorded(this.files).filter(({ type }) => type.startsWith("kubernetes:"));
    const live = (await everything(this.files)).filter((each) => appliedBy(PULUMI, [each]).length > 0);
    const names = new Map([
      ...kept.map(({ outputs, urn }) => [uidIn(outputs), urn] as const),
      ...live.map((each) => [uidIn(each), objectId(each)] as const),
    ]);
    const own = kept.map(({ outputs }) => uidIn(outputs));
    const uids = [
      lacking("in the state and not in the cluster", own, live.map(uidIn)),
      lacking("in the cluster and not in the state", live.map(uidIn), own),
    ];
    return uids.flat().map((line) => line.replace(/[0-9a-f-]{36}$/, (uid) => `${names.get(uid) ?? ""} ${uid}`));
  }

  #leftovers(): readonly string[] {
    const resources = readResources(stateOf(this.files));
    return [
      ...pendingOperations(stateOf(this.files)).map(({ type, resource }) => `pending: ${type} ${resource.urn}`),
      ...resources.flatMap((each) => (each.delete === true ? [`still to delete: ${each.urn}`] : [])),
      ...processesOf(this.files).map((pid) => `process ${pid} is left`),
      ...locksOf(this.files).map((lock) => `lock ${lock} is left`),
    ];
  }

  /** What a stack that is down must not have left. */
  async remains(): Promise<readonly string[]> {
    const live = (await cloudObjects(this.files)).filter(({ status }) => status === "live");
    const state = readResources(stateOf(this.files)).map(({ urn }) => `in the state: ${urn}`);
    const cluster = (await this.#applied()).map((id) => `in the cluster: ${id}`);
    return [...state, ...cluster, ...live.map(({ urn, type }) => `in the cloud: ${urn || type}`)];
  }

  /** The cluster is shared: what a failed sequence left there would be the next one's trouble. */
  async rid(): Promise<void> {
    for (const each of (await everything(this.files)).filter((live) => appliedBy(PULUMI, [live]).length > 0))
      await onServer(this.files, (api) => api.remove(each));
    for (let tries = 100; tries > 0 && (await this.#applied()).length > 0; tries -= 1) await pause(200);
    discard(this.files);
  }
}

/** As often as it occurs: an object twice in the cloud is lacking once in the state. */
function lacking(what: string, some: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return some.flatMap((each) => {
    const at = left.indexOf(each);
    if (at < 0) return [`${what}: ${each}`];
    left.splice(at, 1);
    return [];
  });
}

const uidIn = (object: unknown): string => {
  const metadata: unknown = typeof object === "object" && object !== null ? Reflect.get(object, "metadata") : undefined;
  return typeof metadata === "object" && metadata !== null ? String(Reflect.get(metadata, "uid")) : "";
};
