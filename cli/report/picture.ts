/** The graph with what was found on it, and beside it the parts that no picture shows. Pure. */
import { type Mark } from "../../graph/export/picture";
import { svg } from "../../graph/export/svg";
import { type Graph, storesOf } from "../../graph/model";
import { type Subject } from "../subjects";
import { grouped } from "../tally";
import { labelOf } from "../verdict-table";
import { type Html, html, NOTHING, section, trusted } from "./html";
import { type ReportInput } from "./input";

const NAMED_PARTS: ReadonlySet<string> = new Set(["data", "keys"]);

const nameOf = ({ object }: Subject): string =>
  object.urn === undefined ? object.name : object.urn.slice(object.urn.lastIndexOf("::") + 2);

/** Whether `orders` is a word of `orders-instance` or `store-orders`. */
const isNamed = (text: string, word: string): boolean => `-${text}-`.includes(`-${word}-`);

/** The node of the picture that an object belongs to; none for the platform's own. */
export function nodeOf(subject: Subject, graph: Graph): string | undefined {
  const { kind, name } = subject.owner;
  if (kind === "service") return `service/${name}`;
  if (name === "edge") return `edge/${graph.landscape.edge.name}`;
  if (!NAMED_PARTS.has(name)) return undefined;
  return storesOf(graph).find((store) => isNamed(nameOf(subject), store.name))?.id;
}

/** The worst of some objects; none when nothing was found. */
function markOf(subjects: readonly Subject[]): Mark | undefined {
  const found = subjects.flatMap(({ object }) => object.violations);
  const must = found.filter(({ enforcement }) => enforcement === "mandatory").length;
  const open = subjects.flatMap(({ object }) => object.undecided).length;
  const says = [
    ...(must > 0 ? [`${must} must hold and do not`] : []),
    ...(found.length > must ? [`${found.length - must} should hold and do not`] : []),
    ...(open > 0 ? [`${open} undecided`] : []),
  ].join(", ");
  if (must > 0) return { level: "must", count: must, says };
  if (found.length > 0) return { level: "should", count: found.length, says };
  return open > 0 ? { level: "open", count: open, says } : undefined;
}

export function marksOf({ subjects, graph }: ReportInput): ReadonlyMap<string, Mark> {
  const byNode = grouped(subjects, (subject) => nodeOf(subject, graph) ?? "");
  return new Map(
    [...byNode].flatMap(([id, members]) => {
      const mark = markOf(members);
      return id === "" || mark === undefined ? [] : [[id, mark] as const];
    }),
  );
}

/** Found on parts of the platform, which the picture leaves out. */
function elsewhere({ subjects, graph }: ReportInput): Html {
  const hidden = subjects.filter((subject) => nodeOf(subject, graph) === undefined);
  const marked = [...grouped(hidden, ({ owner }) => labelOf(owner))].flatMap(([name, members]) => {
    const mark = markOf(members);
    return mark === undefined ? [] : [html`<li class="${mark.level}"><b>${name}</b> ${mark.says}</li>`];
  });
  return marked.length === 0
    ? NOTHING
    : html`<p>Not on the picture, found on the platform itself:</p>
        <ul class="chips">
          ${marked}
        </ul>`;
}

export function picture(input: ReportInput): Html {
  const marks = marksOf(input);
  const says =
    marks.size === 0
      ? "No edge means unreachable. Nothing was found on what is shown."
      : "No edge means unreachable. A number on a box counts what was found on it; its title says what.";
  return section(
    "graph",
    "The graph",
    html`<p class="faint">${says}</p>
      <div class="scroll graph">${trusted(svg(input.graph, { marks }))}</div>`,
    elsewhere(input),
  );
}
