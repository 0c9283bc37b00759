/** How time and memory grow with the number of services: the graph, its policies, its widenings, its objects. */
import { compile } from "../../graph/compile";
import { networkPolicies, widenings } from "../../graph/derive/network";
import { type Graph } from "../../graph/model";
import { landscapeOf } from "../../stacks/landscape";
import { stackObjects } from "../../stacks/objects";
import { type Settings } from "../../stacks/schema";
import { type Figure, type Section } from "./figures";
import { type Grown, grownTo } from "./grown-system";
import { heldBy, median, milliseconds } from "./measure";

const SIZES = [10, 100, 1_000] as const;

/** Ten times the services in at most this many times the time: linear, with room for caches and the collector. */
const AIM = 13;

/** The grown system's type no longer says which edge its routes need, so it gets one that has everything. */
function compiled({ system, settings }: Grown): Graph {
  const landscape = landscapeOf(settings);
  return compile(system, { ...landscape, edge: { ...landscape.edge, profiles: { portable: true, kong: true } } });
}

/** What is derived from a graph is remembered with it: each step gets a graph that nothing was derived from yet. */
const STEPS: Readonly<Record<string, (grown: Grown, graph: Graph) => unknown>> = {
  compile: (grown) => compiled(grown),
  networkPolicies: (_, graph) => networkPolicies(graph),
  widenings: (_, graph) => widenings(graph),
  objects: ({ settings }, graph) => stackObjects(graph, settings),
};

interface Sample {
  readonly times: Readonly<Record<string, number>>;
  readonly memory: number;
}

function sampleAt(size: number, base: Settings, repeat: number): Sample {
  const grown = grownTo(size, base);
  const graph = compiled(grown);
  const times = Object.entries(STEPS).map(([name, step]) => {
    const runs = Array.from({ length: repeat * Math.max(1, 100 / size) }, () =>
      milliseconds(() => step(grown, { ...graph })),
    );
    return [name, median(runs)] as const;
  });
  const memory = heldBy(() => {
    const held = compiled(grown);
    return [held, stackObjects(held, grown.settings), widenings(held)];
  });
  return { times: Object.fromEntries(times), memory };
}

const whole = ({ times }: Sample): number => Object.values(times).reduce((sum, each) => sum + each, 0);

function figuresOf(samples: readonly Sample[]): readonly Figure[] {
  const perStep = Object.keys(STEPS).flatMap((step) =>
    samples.map((sample, at): Figure => ({
      what: `${step}, ${SIZES[at]} services`,
      value: sample.times[step] ?? NaN,
      unit: "ms",
    })),
  );
  const memory = samples.map((sample, at): Figure => ({
    what: `memory held, ${SIZES[at]} services`,
    value: sample.memory,
    unit: "MiB",
  }));
  return [...perStep, ...memory];
}

function ratios(samples: readonly Sample[]): readonly Figure[] {
  return samples.slice(1).flatMap((sample, at) => {
    const before = samples[at] ?? sample;
    const step = `from ${SIZES[at]} to ${SIZES[at + 1]} services`;
    return [
      { what: `time ${step}`, value: whole(sample) / whole(before), unit: "times", aim: AIM },
      { what: `memory ${step}`, value: sample.memory / before.memory, unit: "times", aim: AIM },
    ] as const;
  });
}

/** @param base settings of the development stack. */
export function growth(base: Settings, repeat: number): Section {
  sampleAt(100, base, 3); // what the compiler of the engine does at first is no growth
  const samples = SIZES.map((size) => sampleAt(size, base, repeat));
  return { title: "growth with services", figures: [...figuresOf(samples), ...ratios(samples)] };
}
