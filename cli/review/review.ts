/**
 * What a change does to a stack, in the terms of who reviews it: who reaches whom, which objects come and go, what the
 * rules say and said before, which waivers are touched, how long it would take. Pure.
 */
import { type ObjectVerdict } from "../../embedded/engine/records";
import { type Difference, difference } from "../../graph/export/difference";
import { graphDocument } from "../../graph/export/json";
import { type Waiver } from "../../policies/waiver";
import { type ReportInput } from "../report/input";
import { type Found, violationsOf, waivedOf } from "../subjects";
import { type Before } from "./before";
import { plannedSeconds } from "./planned-time";

export interface Lists {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface Judgement {
  readonly found: Found;
  /** Whether the change brought it; undefined where nobody knows what was before. */
  readonly isNew?: boolean;
}

export interface Review {
  readonly system: string;
  readonly stack: string;
  readonly ref?: string;
  readonly reach?: Difference;
  /** Rendered Kubernetes objects, by file. */
  readonly objects?: Lists;
  /** Resources that Pulumi registers, by type and name; what changes inside one is not compared. */
  readonly resources?: Lists;
  readonly violations: readonly Judgement[];
  /** Violations that the change takes away. */
  readonly mended?: number;
  readonly waivers?: Lists;
  readonly waived: number;
  readonly undecided: number;
  readonly unchecked: number;
  readonly objectsJudged: number;
  /** Modelled seconds from nothing to everything. */
  readonly time: { readonly now: number; readonly before?: number };
  readonly missing: readonly string[];
}

/** What a review is made of beside the report's input. */
export interface Now extends ReportInput {
  readonly rendered: ReadonlyMap<string, string>;
  readonly waivers: readonly Waiver[];
}

export function reviewOf(now: Now, before?: Before): Review {
  const { plan, subjects, graph } = now;
  const violations = violationsOf(subjects, plan);
  const known = before?.plan === undefined ? undefined : violationsBefore(before.plan);
  return {
    system: graph.system.name,
    stack: now.stack,
    violations: violations.map((found) =>
      known === undefined ? { found } : { found, isNew: !known.has(keyOf(found)) },
    ),
    waived: waivedOf(subjects).length,
    undecided: subjects.filter(({ object }) => object.verdict === "undecided").length,
    unchecked: subjects.filter(({ object }) => object.verdict === "unchecked").length,
    objectsJudged: subjects.length,
    missing: before?.missing ?? [],
    ...(before === undefined ? {} : compared(now, before)),
    ...(known === undefined ? {} : { mended: mendedIn(known, violations) }),
    time: {
      now: plannedSeconds(plan.resources),
      ...(before?.plan === undefined ? {} : { before: plannedSeconds(before.plan.resources) }),
    },
  };
}

function compared(now: Now, { ref, graph, rendered, plan, waivers }: Before): Partial<Review> {
  return {
    ref,
    reach: difference(graph, graphDocument(now.graph)),
    ...(rendered === undefined ? {} : { objects: lists(rendered, now.rendered) }),
    ...(plan === undefined ? {} : { resources: lists(namesIn(plan.resources), namesIn(now.plan.resources)) }),
    ...(waivers === undefined ? {} : { waivers: lists(waiversBy(waivers), waiversBy(now.waivers)) }),
  };
}

/** Keys that one map has and the other lacks, and keys whose values differ. */
function lists(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Lists {
  const [old, fresh] = [[...before.keys()].sort(), [...now.keys()].sort()];
  return {
    added: fresh.filter((key) => !before.has(key)),
    removed: old.filter((key) => !now.has(key)),
    changed: fresh.filter((key) => before.has(key) && before.get(key) !== now.get(key)),
  };
}

const namesIn = (resources: readonly { readonly type: string; readonly urn: string }[]): ReadonlyMap<string, string> =>
  new Map(
    resources
      .filter(({ type }) => !/^(keelson|pulumi):/.test(type))
      .map(({ type, urn }) => [`${type.split(":").at(-1) ?? type} ${urn.slice(urn.lastIndexOf("::") + 2)}`, ""]),
  );

const waiversBy = (waivers: readonly Waiver[]): ReadonlyMap<string, string> =>
  new Map(waivers.map((waiver) => [`${waiver.rule} for ${waiver.object}`, JSON.stringify(waiver)]));

/** A violation is the same while rule, object and field are. */
const keyOf = ({ where, finding: { rule, path } }: Found): string => `${rule}\n${where}\n${path}`;

function violationsBefore({ verdicts, delivered = [] }: NonNullable<Before["plan"]>): ReadonlySet<string> {
  const objects: readonly ObjectVerdict[] = [...Object.values(verdicts), ...delivered];
  const nameOf = ({ kind, name, namespace }: ObjectVerdict): string =>
    `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  return new Set(
    objects.flatMap((object) => object.violations.map((finding) => keyOf({ where: nameOf(object), finding }))),
  );
}

function mendedIn(known: ReadonlySet<string>, now: readonly Found[]): number {
  const still = new Set(now.map(keyOf));
  return [...known].filter((key) => !still.has(key)).length;
}
