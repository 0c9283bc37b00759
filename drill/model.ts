/**
 * How long a recovery would take on real clouds: the recreated stack's own dependencies with each operation's modelled
 * duration, and what people and data add, drawn many times. Nothing sleeps. Every duration has a source and a date; one that
 * rests on experience is shown as such.
 */
import { criticalPath, schedule, type Task } from "../embedded/makespan";
import { modelledDuration, type ModelledDuration, type Span } from "../embedded/standin/durations";
import { type StateResource } from "../embedded/engine/state";
import { type StepName } from "./steps";

/** A duration with where it comes from. */
export interface Latency extends ModelledDuration {
  readonly what: string;
}

const READ = "2026-11-20";

const experience = (what: string, p50: number, p95: number): Latency => ({
  what,
  p50,
  p95,
  source: "experience",
  date: READ,
  verified: false,
});

/** What is no creation of a resource, by the step it belongs to. Seconds. */
export const WORK: Readonly<Partial<Record<StepName, readonly Latency[]>>> = {
  preflight: [experience("somebody decides that the region is lost", 900, 3_600)],
  restore: [
    {
      what: "a database is restored to a point in time, on top of its creation",
      p50: 1_200,
      p95: 3_600,
      source: "hashicorp/terraform#2886 (40 min seen for creation); the replay of logs is experience",
      date: READ,
      verified: false,
    },
    {
      what: "Velero restores objects, 20 GB of files at 30 MB/s beside them",
      p50: 800,
      p95: 3_600,
      source: "vmware-tanzu/velero#5920 (20 GB in one file 13 min, in many small ones 60 min)",
      date: READ,
      verified: true,
    },
  ],
  activate: [experience("Argo CD syncs every application", 180, 600)],
  verify: [experience("health is looked at, route by route", 300, 900)],
  "switch-dns": [experience("records change and resolvers forget", 90, 360)],
};

export interface Distribution {
  readonly p50: number;
  readonly p95: number;
}

export interface Modelled {
  /** From the loss until people are served. Seconds. */
  readonly rto: Distribution;
  /** Of the stack alone. */
  readonly recreate: Distribution;
  /** The longest chain of the stack at its medians, with what each link takes. */
  readonly criticalPath: readonly { readonly urn: string; readonly seconds: number }[];
  /** What the median would gain if one thing took no time; the greatest first. */
  readonly shorter: readonly { readonly what: string; readonly seconds: number }[];
  readonly latencies: readonly Latency[];
  readonly draws: number;
}

const DRAWS = 400;
/** As many as the engine is told to begin at once. */
const SLOTS = 32;

export function modelRecovery(resources: readonly StateResource[], random: () => number = seeded(1)): Modelled {
  const kinds = resources.filter(({ custom }) => custom === true);
  const spans = kinds.map(({ urn, type, dependencies }) => ({
    urn,
    dependencies: dependencies ?? [],
    span: modelledDuration(type, "create"),
  }));
  const tasks = (take: (span: Span) => number): readonly Task[] =>
    spans.map(({ urn, dependencies, span }) => ({ urn, dependencies, seconds: take(span) }));
  const work = Object.values(WORK).flat();
  const draws = Array.from({ length: DRAWS }, () => {
    const recreate = schedule(
      tasks((span) => draw(span, random)),
      SLOTS,
    ).makespan;
    return { recreate, rto: recreate + sum(work.map((span) => draw(span, random))) };
  });
  return {
    rto: distribution(draws.map(({ rto }) => rto)),
    recreate: distribution(draws.map(({ recreate }) => recreate)),
    criticalPath: chainOf(tasks(median)),
    shorter: gains(tasks(median), work),
    latencies: [...work, ...typesOf(kinds)],
    draws: DRAWS,
  };
}

const median = ({ p50 }: Span): number => p50;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Lognormal through the two quantiles: durations of clouds have long tails and no negative values. */
function draw({ p50, p95 }: Span, random: () => number): number {
  if (p50 <= 0 || p95 <= p50) return p50;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50 * Math.exp((Math.log(p95 / p50) / 1.645) * normal);
}

function distribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { p50: at(0.5), p95: at(0.95) };
}

function chainOf(tasks: readonly Task[]): Modelled["criticalPath"] {
  const seconds = new Map(tasks.map((task) => [task.urn, task.seconds]));
  return criticalPath(tasks).urns.flatMap((urn) => {
    const own = seconds.get(urn) ?? 0;
    return own === 0 ? [] : [{ urn, seconds: own }];
  });
}

const MOST = 5;

/** Each link of the chain, and each piece of work, taken away alone. */
function gains(tasks: readonly Task[], work: readonly Latency[]): Modelled["shorter"] {
  const whole = criticalPath(tasks).seconds;
  const links = chainOf(tasks).map(({ urn }) => ({
    what: urn.split("::").slice(2).join(" "),
    seconds: whole - criticalPath(tasks.map((task) => (task.urn === urn ? { ...task, seconds: 0 } : task))).seconds,
  }));
  const others = work.map(({ what, p50 }) => ({ what, seconds: p50 }));
  return [...links, ...others]
    .filter(({ seconds }) => seconds > 0)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, MOST);
}

const typesOf = (resources: readonly StateResource[]): readonly Latency[] =>
  [...new Set(resources.map(({ type }) => type))]
    .map((type) => ({ what: type, ...modelledDuration(type, "create") }))
    .filter(({ p50 }) => p50 > 0)
    .toSorted((a, b) => b.p50 - a.p50);

/** Mulberry32: the same drill gives the same figures. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
