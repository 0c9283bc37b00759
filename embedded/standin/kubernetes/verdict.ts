/** Whether one live object is ready, by its status alone; pure. The conditions follow those `kubectl rollout` uses. */
import type { Properties } from "../values";
import { annotation, at, condition, items, numberAt, record, textAt } from "./fields";

export interface Verdict {
  readonly ready: boolean;
  /** Why not. Empty when ready. */
  readonly reasons: readonly string[];
  /** Waiting longer will not help. */
  readonly failed?: boolean;
}

const READY: Verdict = { ready: true, reasons: [] };

const waiting = (...reasons: readonly string[]): Verdict => ({ ready: false, reasons: reasons.filter(Boolean) });
const failed = (...reasons: readonly string[]): Verdict => ({ ...waiting(...reasons), failed: true });

type Judge = (object: Properties) => Verdict;

const JUDGES: Readonly<Record<string, Judge>> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "apps/ReplicaSet": replicaSet,
  "batch/Job": job,
  "/Pod": pod,
  "/Namespace": (object) => phase(object, "Active"),
  "/PersistentVolume": (object) => phase(object, "Available", "Bound"),
  "/Service": service,
  "apiextensions.k8s.io/CustomResourceDefinition": (object) => holds(object, "Established"),
  "gateway.networking.k8s.io/Gateway": gateway,
  "gateway.networking.k8s.io/HTTPRoute": route,
};

/** A kind without a judge is ready once it is stored. */
export function verdictOn(object: Properties): Verdict {
  const version = textAt(object, "apiVersion");
  const group = version.includes("/") ? version.split("/")[0] : "";
  const judge = JUDGES[`${group}/${textAt(object, "kind")}`];
  const seen = numberAt(object, "status", "observedGeneration");
  const stale = seen > 0 && seen < numberAt(object, "metadata", "generation");
  if (judge === undefined) return READY;
  return stale ? waiting("its controller has not yet seen the last change") : judge(object);
}

/** `pulumi.com/waitFor`: `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Running`, or a list. */
export function customVerdict(object: Properties, wanted: string): Verdict {
  const unmet = conditionsIn(wanted).filter((each) => !met(object, each));
  return unmet.length === 0 ? READY : waiting(...unmet.map((each) => `${each} does not hold yet`));
}

const conditionsIn = (wanted: string): readonly string[] =>
  wanted.trimStart().startsWith("[") ? (JSON.parse(wanted) as string[]) : [wanted];

function met(object: Properties, wanted: string): boolean {
  const [, type, status = "True"] = /^condition=([^=]+)(?:=(.+))?$/.exec(wanted) ?? [];
  if (type !== undefined) return condition(object, type)?.status.toLowerCase() === status.toLowerCase();
  const [, path = "", value] = /^jsonpath=\{?\.?([^}=]*)\}?(?:=(.*))?$/.exec(wanted) ?? [];
  const found = at(object, ...path.split("."));
  return value === undefined ? found !== undefined : String(found ?? "") === value;
}

/** The wait a resource asks for, if any. */
export const waitFor = (object: Properties): string => annotation(object, "pulumi.com/waitFor");

const replicas = (object: Properties): number =>
  at(object, "spec", "replicas") === undefined ? 1 : numberAt(object, "spec", "replicas");

const count = (have: number, want: number, what: string): string =>
  have >= want ? "" : `${have} of ${want} replicas are ${what}`;

function deployment(object: Properties): Verdict {
  const [want, status] = [replicas(object), record(object, "status")];
  const progress = condition(object, "Progressing");
  const failure = condition(object, "ReplicaFailure");
  const why = failure?.status === "True" ? `${failure.reason}: ${failure.message}` : "";
  if (progress?.reason === "ProgressDeadlineExceeded") return failed(why || progress.message);
  const short = count(numberAt(status, "updatedReplicas"), want, "updated");
  const old = numberAt(status, "replicas") > numberAt(status, "updatedReplicas") ? "old replicas still run" : "";
  const available = count(numberAt(status, "availableReplicas"), want, "available");
  if (numberAt(status, "observedGeneration") === 0) return waiting("its controller has not yet seen it");
  return why || short || old || available ? { ...waiting(why, short, old, available), failed: isFinal(why) } : READY;
}

/** Pod Security refuses the same pod every time. */
const isFinal = (why: string): boolean => why.includes("violates PodSecurity");

function statefulSet(object: Properties): Verdict {
  const [want, status] = [replicas(object), record(object, "status")];
  const ready = count(numberAt(status, "readyReplicas"), want, "ready");
  const rolling = textAt(object, "spec", "updateStrategy", "type") !== "OnDelete";
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  const updated = rolling ? count(numberAt(status, "updatedReplicas"), want - partition, "updated") : "";
  if (numberAt(status, "observedGeneration") === 0) return waiting("its controller has not yet seen it");
  return ready || updated ? waiting(ready, updated) : READY;
}

function daemonSet(object: Properties): Verdict {
  const status = record(object, "status");
  const want = numberAt(status, "desiredNumberScheduled");
  if (numberAt(status, "observedGeneration") === 0) return waiting("its controller has not yet seen it");
  const short = count(numberAt(status, "updatedNumberScheduled"), want, "updated");
  const unready = count(numberAt(status, "numberReady"), want, "ready");
  return short || unready ? waiting(short, unready) : READY;
}

function replicaSet(object: Properties): Verdict {
  const failure = condition(object, "ReplicaFailure")?.message ?? "";
  const unready = count(numberAt(object, "status", "readyReplicas"), replicas(object), "ready");
  return unready ? waiting(unready, failure) : READY;
}

function job(object: Properties): Verdict {
  if (at(object, "spec", "suspend") === true || condition(object, "Complete")?.status === "True") return READY;
  const failure = condition(object, "Failed");
  if (failure?.status === "True") return failed(`${failure.reason}: ${failure.message}`);
  const want = at(object, "spec", "completions") === undefined ? 1 : numberAt(object, "spec", "completions");
  return waiting(`${numberAt(object, "status", "succeeded")} of ${want} pods have succeeded`);
}

function pod(object: Properties): Verdict {
  const now = textAt(object, "status", "phase");
  if (now === "Succeeded" || condition(object, "Ready")?.status === "True") return READY;
  if (now === "Failed") return failed(textAt(object, "status", "message") || "phase Failed");
  const unscheduled = condition(object, "PodScheduled");
  const stuck = items(object, "status", "containerStatuses").map((each) => textAt(each, "state", "waiting", "reason"));
  return waiting(unscheduled?.status === "False" ? unscheduled.message : "", ...stuck, `phase ${now || "unknown"}`);
}

function service(object: Properties): Verdict {
  const needless = textAt(object, "spec", "type") === "ExternalName" || textAt(object, "spec", "clusterIP") !== "";
  return needless ? READY : waiting("no cluster IP is allocated");
}

function gateway(object: Properties): Verdict {
  const played = textAt(object, "spec", "gatewayClassName") === "alb";
  return played && condition(object, "Programmed")?.reason !== "NotPlayed" ? holds(object, "Programmed") : READY;
}

/** A route may be there before its Gateway; one that a Gateway turned down is not ready. */
function route(object: Properties): Verdict {
  const told = items(object, "status", "parents").flatMap((parent) => items(parent, "conditions"));
  const refused = told.filter((each) => each["type"] === "Accepted" && each["status"] === "False");
  return refused.length === 0 ? READY : failed(...refused.map((each) => textAt(each, "message")));
}

function phase(object: Properties, ...wanted: readonly string[]): Verdict {
  const now = textAt(object, "status", "phase");
  return wanted.includes(now) ? READY : waiting(`phase ${now || "not set"}`);
}

function holds(object: Properties, type: string): Verdict {
  const found = condition(object, type);
  return found?.status === "True" ? READY : waiting(`${type} is not true${found ? `: ${found.message}` : " yet"}`);
}
