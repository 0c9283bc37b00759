/**
 * Waits, bounded, until an object is ready or gone, asking at growing intervals, and explains what it saw when time is
 * up: conditions, the pods' reasons, warning events, finalizers.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Refused } from "../provider";
import type { Properties } from "../values";
import { ApiError } from "../../plane/api";
import type { Client, Live, Reference } from "./client";
import { annotation, items, record, textAt, texts } from "./fields";
import { playWhileWaiting } from "./played/volumes";
import { readinessOf } from "./readiness";
import { customVerdict, verdictOn, waitFor, type Verdict } from "./verdict";

export interface Wait {
  readonly client: Client;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** The last state seen, and why it is not ready (empty when it is). */
export interface Awaited {
  readonly live: Live;
  readonly reasons: readonly string[];
}

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 1_000;
/** A failure that looks final may be a race with another object of the same run: it has to last this long. */
const FINAL_AFTER_MS = 3_000;

/** Waits for readiness as the table and the object's own annotations have it. */
export async function untilReady(wait: Wait, applied: Live, reference: Reference): Promise<Awaited> {
  const judge = judgeOf(applied, reference);
  const started = Date.now();
  let live = applied;
  for (const pause of pauses(wait.seconds)) {
    const verdict = judge(live);
    if (verdict.ready) return { live, reasons: [] };
    if (verdict.failed === true && Date.now() - started > FINAL_AFTER_MS) break;
    await playWhileWaiting(wait.client, live);
    await rest(pause, wait.signal);
    live = (await wait.client.get(reference)) ?? vanished(reference);
  }
  const verdict = judge(live);
  return { live, reasons: verdict.ready ? [] : [...verdict.reasons, ...(await symptoms(wait.client, live))] };
}

function judgeOf(applied: Live, { apiVersion, kind }: Reference): (object: Live) => Verdict {
  const unwatched = readinessOf(apiVersion, kind).readiness !== "observed";
  if (unwatched || annotation(applied, "pulumi.com/skipAwait") === "true") return () => ({ ready: true, reasons: [] });
  const wanted = waitFor(applied);
  return wanted === "" ? verdictOn : (object) => customVerdict(object, wanted);
}

function vanished({ kind, name }: Reference): never {
  throw new Refused(`${kind} ${name} was deleted by somebody else while it was waited for; run again`);
}

/** Waits until an object is gone, or another of its name took its place. Throws with what holds it. */
export async function untilGone(wait: Wait, reference: Reference, uid: string): Promise<void> {
  let live: Live | undefined;
  for (const pause of pauses(wait.seconds)) {
    live = await wait.client.get(reference);
    if (live === undefined || textAt(live, "metadata", "uid") !== uid) return;
    await rest(pause, wait.signal);
  }
  throw new Refused(
    `${reference.kind} ${reference.name} is still there after ${wait.seconds} s: ${holders(live ?? {})}`,
  );
}

function holders(live: Live): string {
  const finalizers = [...texts(live, "metadata", "finalizers"), ...texts(live, "spec", "finalizers")];
  const contents = items(live, "status", "conditions")
    .filter((each) => each["status"] === "True")
    .map((each) => textAt(each, "message"));
  const held = finalizers.length === 0 ? "no finalizer holds it" : `held by finalizer ${finalizers.join(", ")}`;
  return [held, ...contents].join("; ");
}

function* pauses(seconds: number): Generator<number> {
  const end = Date.now() + seconds * 1_000;
  for (let pause = FIRST_PAUSE_MS; Date.now() < end; pause = Math.min(pause * 1.3, LAST_PAUSE_MS)) yield pause;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new Refused("interrupted while waiting; run again to continue");
  });
}

/** What the pods of a workload and its warning events say. */
async function symptoms(client: Client, live: Live): Promise<readonly string[]> {
  const namespace = textAt(live, "metadata", "namespace");
  if (namespace === "") return [];
  try {
    return [...(await podReasons(client, live, namespace)), ...(await warnings(client, live, namespace))];
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

async function podReasons(client: Client, live: Live, namespace: string): Promise<readonly string[]> {
  const labels = Object.entries(selector(live)).map(([name, value]) => `${name}=${String(value)}`);
  if (labels.length === 0) return [];
  const query = new URLSearchParams({ labelSelector: labels.join(","), limit: "50" }).toString();
  const pods = await client.list({ apiVersion: "v1", kind: "Pod", namespace }, query);
  return pods
    .map((pod) => ({ name: textAt(pod, "metadata", "name"), verdict: verdictOn(pod) }))
    .filter(({ verdict }) => !verdict.ready)
    .slice(0, 3)
    .map(({ name, verdict }) => `pod ${name}: ${verdict.reasons.join(", ")}`);
}

const selector = (live: Live): Properties => record(live, "spec", "selector", "matchLabels");

async function warnings(client: Client, live: Live, namespace: string): Promise<readonly string[]> {
  const fieldSelector = "type=Warning";
  const query = new URLSearchParams({ fieldSelector, limit: "200" }).toString();
  const events = await client.list({ apiVersion: "v1", kind: "Event", namespace }, query);
  const name = textAt(live, "metadata", "name");
  const about = events.filter((event) => concerns(textAt(event, "involvedObject", "name"), name));
  const said = about.map((event) => `${textAt(event, "reason")}: ${textAt(event, "message")}`);
  return [...new Set(said)].slice(-3);
}

/** Pods and replica sets are named after what they belong to. */
const concerns = (about: string, name: string): boolean => about === name || about.startsWith(`${name}-`);
