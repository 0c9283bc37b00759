/** In which order services start: after the services they call. A cycle that no order satisfies is a problem. */
import { type Graph } from "../model";
import { type Problem } from "../problems";
import { type AnyService } from "../service";

/** Names of services in waves: every wave needs only earlier ones. */
export function startOrder({ system }: Graph): readonly (readonly string[])[] {
  const calls = callsOf(system.services);
  const placed = new Set<string>();
  const waves: string[][] = [];
  for (let rest = [...calls.keys()].toSorted(); rest.length > 0; rest = rest.filter((name) => !placed.has(name))) {
    const wave = rest.filter((name) => (calls.get(name) ?? []).every((callee) => placed.has(callee)));
    if (wave.length === 0) break; // What is left stands in or behind a cycle, which the checks refuse.
    waves.push(wave);
    wave.forEach((name) => placed.add(name));
  }
  return waves;
}

type Calls = ReadonlyMap<string, readonly string[]>;

/** Whom each service must find running when it starts. Calls out of the system are a problem of their own. */
function callsOf(services: readonly AnyService[]): Calls {
  const names = new Set(services.map(({ name }) => name));
  return new Map(services.map((each) => [each.name, needed(each).filter((callee) => names.has(callee))]));
}

const needed = ({ args }: AnyService): readonly string[] =>
  Object.values(args.uses ?? {}).flatMap((use) =>
    use.lends === "call" && use.needed === "start" ? [use.service.name] : [],
  );

export function startOrderProblems(graph: Graph): readonly Problem[] {
  const { services } = graph.system;
  const calls = callsOf(services);
  const placed = new Set(startOrder(graph).flat());
  return cyclesAmong(calls, [...calls.keys()].filter((name) => !placed.has(name)).toSorted()).map((cycle) => ({
    where: `services ${cycle.slice(0, -1).toSorted().join(", ")}`,
    got: `calls in a cycle: ${cycle.join(" -> ")}`,
    want: "an order in which every service starts after those it calls",
    mend: `declare one of these calls as needed only later, in ${cycle[0]}: ${laterCall(services, cycle)}`,
  }));
}

/** The first call of a cycle as it should stand. */
function laterCall(services: readonly AnyService[], [caller, callee]: readonly string[]): string {
  const uses = Object.values(services.find(({ name }) => name === caller)?.args.uses ?? {});
  const port = uses.flatMap((use) => (use.lends === "call" && use.service.name === callee ? [use.port] : []))[0];
  return `${callee}.call("${port}", { needed: "later" })`;
}

/** Every cycle among the stuck services that shares none with another: mending one shows the next only where they do. */
function cyclesAmong(calls: Calls, stuck: readonly string[]): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  for (const start of stuck) {
    const cycle = cycleFrom(calls, start, stuck);
    if (!cycles.some((known) => known.some((name) => cycle.includes(name)))) cycles.push(cycle);
  }
  return cycles;
}

/** Walks along calls among the stuck services until one repeats: each of them waits for another that is stuck. */
function cycleFrom(calls: Calls, start: string, stuck: readonly string[]): readonly string[] {
  const walked = [start];
  for (;;) {
    const next = (calls.get(walked.at(-1) ?? "") ?? []).find((callee) => stuck.includes(callee)) ?? start;
    if (walked.includes(next)) return [...walked.slice(walked.indexOf(next)), next];
    walked.push(next);
  }
}
