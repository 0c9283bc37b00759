/**
 * Which systems run on which cloud behind which edge: every stack of the repository, carried to each cloud and edge that
 * settings may name, with each of its route tables. What the program refuses is kept with what it said. Nothing is chosen by
 * hand: a further cloud, edge or system is here without an edit.
 */
import { type Owned } from "../../components/delivery/owned";
import { type Graph } from "../../graph/model";
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

const subjectsOf = (settings: Settings): readonly Subject[] =>
  (Object.keys(SCHEMAS) as Provider[]).flatMap((cloud) =>
    edgesOf(cloud).flatMap((edge) =>
      (Object.keys(SYSTEMS[settings.system] ?? {}) as Profile[]).map((routes) => ({
        cloud,
        edge,
        routes,
        system: settings.system,
        stage: settings.stage,
        stack: settings.stack,
      })),
    ),
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
    ({ stack, cloud, edge, graph }) =>
      stack === each.stack && cloud === each.cloud && edge === each.edge && graph.system === each.graph.system,
  );

const origins: readonly Settings[] = stackNames(ROOT).map((name) => readStackFile(ROOT, name));

const tried = origins.flatMap((origin) => subjectsOf(origin).map((subject) => attempt(subject, origin)));

export const COMBINATIONS: readonly Combination[] = tried.filter(isAllowed).filter(isFirst);

export const REFUSALS: readonly Refusal[] = tried.filter((each): each is Refusal => !isAllowed(each));

/** Those that must agree: one stack, wherever it is carried. */
export const GROUPS: readonly (readonly Combination[])[] = origins.map((origin) =>
  COMBINATIONS.filter(({ stack }) => stack === origin.stack),
);
