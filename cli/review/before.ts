/** What another revision was, as far as a review compares with it: asked of that revision's own code. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type ObjectVerdict } from "../../embedded/engine/records";
import { type GraphDocument } from "../../graph/export/json";
import { parseWaivers, type Waiver } from "../../policies/waiver";
import { type Against, graphAt, graphBy } from "../graph-at";
import { type Ask, atRevision, fileAt } from "../revision";
import { type PlannedTask } from "./planned-time";

export interface PlanBefore {
  readonly resources: readonly PlannedTask[];
  readonly verdicts: Readonly<Record<string, ObjectVerdict>>;
  /** Verdicts on what Argo CD applied; revisions before it was judged have none. */
  readonly delivered?: readonly ObjectVerdict[];
}

export interface Before {
  readonly ref: string;
  readonly graph: GraphDocument;
  /** Rendered objects by file name; undefined where they cannot be had. */
  readonly rendered?: ReadonlyMap<string, string>;
  readonly plan?: PlanBefore;
  readonly waivers?: readonly Waiver[];
  /** Why something of it is not compared. */
  readonly missing: readonly string[];
}

const WAIVERS = "policies/waivers.json";

/** Of a file with a graph, only who reaches whom is known. @throws InvalidInput when there is no such file or revision. */
export function before(against: Against): Before {
  const { ref, checkout } = against;
  if (existsSync(ref)) return { ref, graph: graphAt(against), missing: [`${ref} is a graph and no revision`] };
  const waivers = waiversIn(fileAt(checkout, ref, WAIVERS));
  return { ...atRevision(against, (ask) => asked(ask, against)), ...(waivers === undefined ? {} : { waivers }) };
}

function asked(ask: Ask, { ref, stack, note }: Against): Before {
  const graph = graphBy(ask, ref, stack);
  note(`planning ${stack} as ${ref} has it`);
  const rendered = renderedBy(ask, stack);
  const plan = planBy(ask, stack);
  const missing = [rendered, plan].flatMap((part) => (typeof part === "string" ? [part] : []));
  return {
    ref,
    graph,
    ...(typeof rendered === "string" ? {} : { rendered }),
    ...(typeof plan === "string" ? {} : { plan }),
    missing,
  };
}

function renderedBy(ask: Ask, stack: string): ReadonlyMap<string, string> | string {
  const folder = mkdtempSync(join(tmpdir(), "keelson-rendered-"));
  try {
    const answer = ask(["render", "-s", stack, "--out", folder]);
    return "failed" in answer ? `its objects cannot be rendered: ${answer.failed}` : filesIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const filesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
  );

function planBy(ask: Ask, stack: string): PlanBefore | string {
  const answer = ask(["plan", "-s", stack, "--json"]);
  if ("failed" in answer) return `it cannot be planned: ${answer.failed}`;
  try {
    return JSON.parse(answer.out) as PlanBefore;
  } catch {
    return "its plan is no JSON";
  }
}

function waiversIn(text: string | undefined): readonly Waiver[] | undefined {
  try {
    return text === undefined ? [] : parseWaivers(JSON.parse(text)).waivers;
  } catch {
    return undefined;
  }
}
