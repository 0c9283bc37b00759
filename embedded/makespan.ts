/**
 * How long a deployment would take on a real cloud: list scheduling of modelled durations over the dependencies in a
 * stack's state. Nothing sleeps; the engine's own rule is imitated: whatever has all its dependencies starts as soon as
 * one of the parallel slots is free, in the order of registration.
 */

export interface Task {
  readonly urn: string;
  /** Modelled duration in seconds. */
  readonly seconds: number;
  readonly dependencies: readonly string[];
}

export interface Schedule {
  /** Seconds from the first start to the last end. */
  readonly makespan: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** Seconds of the longest chain of dependencies, and the chain: what no parallelism can shorten. */
export interface CriticalPath {
  readonly seconds: number;
  readonly urns: readonly string[];
}

/** @param slots how many run at once; `Infinity` for as many as are ready. */
export function schedule(tasks: readonly Task[], slots: number): Schedule {
  const waiting = new Map(tasks.map(({ urn, dependencies }) => [urn, known(tasks, dependencies).size]));
  const dependents = dependentsOf(tasks);
  const ready = tasks.filter(({ urn }) => waiting.get(urn) === 0);
  const running: { readonly end: number; readonly task: Task }[] = [];
  const ends = new Map<string, number>();
  for (let now = 0; ready.length > 0 || running.length > 0;) {
    while (ready.length > 0 && running.length < slots) start(running, ready, now);
    const next = running.shift();
    if (next === undefined) break;
    now = next.end;
    ends.set(next.task.urn, now);
    release(dependents.get(next.task.urn) ?? [], waiting, ready);
  }
  return { makespan: Math.max(0, ...ends.values()), ends };
}

function start(running: { end: number; task: Task }[], ready: Task[], now: number): void {
  const task = ready.shift();
  if (task === undefined) return;
  const at = running.findIndex(({ end }) => end > now + task.seconds);
  running.splice(at === -1 ? running.length : at, 0, { end: now + task.seconds, task });
}

function release(dependents: readonly Task[], waiting: Map<string, number>, ready: Task[]): void {
  for (const task of dependents) {
    const left = (waiting.get(task.urn) ?? 0) - 1;
    waiting.set(task.urn, left);
    if (left === 0) ready.push(task);
  }
}

/** Dependencies that are tasks themselves: a provider reference or a deleted resource takes no time. */
function known(tasks: readonly Task[], dependencies: readonly string[]): ReadonlySet<string> {
  const urns = urnsOf(tasks);
  return new Set(dependencies.filter((urn) => urns.has(urn)));
}

const URNS = new WeakMap<readonly Task[], ReadonlySet<string>>();

function urnsOf(tasks: readonly Task[]): ReadonlySet<string> {
  const urns = URNS.get(tasks) ?? new Set(tasks.map(({ urn }) => urn));
  URNS.set(tasks, urns);
  return urns;
}

function dependentsOf(tasks: readonly Task[]): ReadonlyMap<string, readonly Task[]> {
  const dependents = new Map<string, Task[]>();
  for (const task of tasks)
    for (const dependency of known(tasks, task.dependencies)) {
      const list = dependents.get(dependency) ?? [];
      list.push(task);
      dependents.set(dependency, list);
    }
  return dependents;
}

/** The longest chain, from its first task to its last. */
export function criticalPath(tasks: readonly Task[]): CriticalPath {
  const { makespan, ends } = schedule(tasks, Infinity);
  const byUrn = new Map(tasks.map((task) => [task.urn, task]));
  const urns: string[] = [];
  let last = latest(
    tasks.map(({ urn }) => urn),
    ends,
  );
  while (last !== undefined) {
    urns.unshift(last);
    last = latest(byUrn.get(last)?.dependencies ?? [], ends);
  }
  return { seconds: makespan, urns };
}

const latest = (urns: readonly string[], ends: ReadonlyMap<string, number>): string | undefined =>
  urns
    .filter((urn) => ends.has(urn))
    .reduce<string | undefined>(
      (best, urn) => (best === undefined || (ends.get(urn) ?? 0) > (ends.get(best) ?? 0) ? urn : best),
      undefined,
    );
