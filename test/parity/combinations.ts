/**
 * Which systems run on which cloud behind which edge: at each cloud and edge that settings may name, with each route
 * table of the system, the stack of the repository that is there already, or the nearest one carried there. What the program
 * refuses is kept with what it said. Nothing is chosen by hand: a further cloud, edge or system is here without an edit.
 */
import { type Owned } from "../../components/delivery/owned";
import { type Graph } from "../../graph/model";
import { groupedBy } from "../../graph/once";
import { InvalidInput, type Problem } from "../../graph/problems";
import { type Profile } from "../../graph/route";
import { compileStack } from "../../stacks/compile";
import { renderStack } from "../../stacks/render";
import { type Provider, SCHEMAS, type Settings } from "../../stacks/schema";
import { readStackFile, stackNames } from "../../stacks/stack-file";
import { stackObjects } from "../../stacks/objects";
import { SYSTEMS } from "../../stacks/systems";
import { ROOT } from "../architecture/sources";
import { carry, edgesOf } from "./carry";

/** Where a system runs, in the words that differences are named by. */
export interface Place {
  readonly cloud: Provider;
  /** By what requests enter. */
  readonly edge: string;
  /** Which of the system's route tables is served. */
  readonly routes: Profile;
}

export interface Subject extends Place {
  readonly system: string;
  readonly stage: string;
  /** The stack whose settings it has, but for what cloud and edge demand. */
  readonly stack: string;
}

export interface Combination extends Subject {
  readonly settings: Settings;
  readonly graph: Graph;
  readonly objects: readonly Owned[];
}

/** A combination that the program does not allow. */
export interface Refusal extends Subject {
  readonly problems: readonly Problem[];
}

export const placeName = ({ cloud, edge, routes }: Place): string => `${cloud} behind ${edge} with ${routes} routes`;

export const nameOf = (subject: Subject): string => `${subject.system} ${subject.stage} on ${placeName(subject)}`;

/** Every place that settings may name. */
const PLACES: readonly Omit<Place, "routes">[] = (Object.keys(SCHEMAS) as Provider[]).flatMap((cloud) =>
  edgesOf(cloud).map((edge) => ({ cloud, edge })),
);

export const placeOf = ({ provider, edge }: Settings): Place => ({
  cloud: provider,
  edge: edge.kind,
  routes: "routes" in edge ? edge.routes : "portable",
});

/** Stacks of one system in one stage: they must agree, wherever they are. */
const FAMILIES: readonly (readonly Settings[])[] = [
  ...groupedBy(
    stackNames(ROOT).map((name) => readStackFile(ROOT, name)),
    ({ system, stage }) => `${system} ${stage}`,
  ).values(),
];

/** The stack that is at a place already, else the one that has least to change to be there. */
function nearestTo(place: Place, family: readonly Settings[]): Settings | undefined {
  const alike = (settings: Settings): number => {
    const { cloud, edge, routes } = placeOf(settings);
    return (cloud === place.cloud ? 4 : 0) + (edge === place.edge ? 2 : 0) + (routes === place.routes ? 1 : 0);
  };
  return family.toSorted((a, b) => alike(b) - alike(a))[0];
}

const attempts = (family: readonly Settings[]): readonly (Combination | Refusal)[] =>
  PLACES.flatMap((place) =>
    (Object.keys(SYSTEMS[family[0]?.system ?? ""] ?? {}) as Profile[]).flatMap((routes) => {
      const origin = nearestTo({ ...place, routes }, family);
      if (origin === undefined) return [];
      const { system, stage, stack } = origin;
      return [attempt({ ...place, routes, system, stage, stack }, origin)];
    }),
  );

/** What the program makes of it, as far as it goes without an engine. */
function attempt(subject: Subject, origin: Settings): Combination | Refusal {
  try {
    const settings = carry(origin, subject);
    const graph = compileStack(settings);
    renderStack(graph, settings); // refuses what cannot be brought up
    return { ...subject, settings, graph, objects: stackObjects(graph, settings) };
  } catch (error) {
    if (error instanceof InvalidInput) return { ...subject, problems: error.problems };
    throw error;
  }
}

const isAllowed = (tried: Combination | Refusal): tried is Combination => "graph" in tried;

/** A system that has one route table under two names is here once at each place. */
const isFirst = (each: Combination, at: number, all: readonly Combination[]): boolean =>
  at ===
  all.findIndex(
    ({ cloud, edge, graph }) => cloud === each.cloud && edge === each.edge && graph.system === each.graph.system,
  );

/** Those that must agree: one system in one stage, wherever it runs. */
export const GROUPS: readonly (readonly Combination[])[] = FAMILIES.map((family) =>
  attempts(family).filter(isAllowed).filter(isFirst),
);

export const COMBINATIONS: readonly Combination[] = GROUPS.flat();

export const REFUSALS: readonly Refusal[] = FAMILIES.flatMap(attempts).filter(
  (each): each is Refusal => !isAllowed(each),
);
