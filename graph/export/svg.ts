/** The graph as a picture: one self-contained SVG, legible on light and dark pages, byte-stable. */
import { type Graph, type NodeKind } from "../model";
import { type Box, BOX, type Layout, layOut, type Point, type Route } from "./layout";
import { type Mark, type PictureOptions, pictureOf, subtitleOf } from "./picture";

export function svg(graph: Graph, options: PictureOptions = {}): string {
  const layout = layOut(pictureOf(graph, options));
  const title = `${graph.system.name} on ${graph.landscape.stack}`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(layout.width)} ${n(layout.height)}" width="${n(layout.width)}" height="${n(layout.height)}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}${options.marks === undefined ? "" : MARK_STYLE}</style>`,
    ...MARKERS,
    `<rect class="page" width="100%" height="100%" rx="12"/>`,
    ...layout.routes.map(path),
    ...layout.boxes.map((box) => boxOf(graph, box, options.marks?.get(box.node.id))),
    ...labels(layout),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

/** Colours by kind: a line has the colour of what it is, a box of what it stands for. Second: on dark pages. */
const COLOURS = {
  route: ["#0969da", "#58a6ff"],
  call: ["#8250df", "#bc8cff"],
  store: ["#1a7f37", "#3fb950"],
  external: ["#bc4c00", "#f0883e"],
  platform: ["#6e7781", "#8b949e"],
} as const;

type Colour = keyof typeof COLOURS;

const COLOUR_OF: Readonly<Record<NodeKind, Colour>> = {
  edge: "route",
  service: "call",
  store: "store",
  broker: "store",
  external: "external",
  platform: "platform",
};

const rulesFor = (index: 0 | 1, [page, box, text, faint]: readonly [string, string, string, string]): string =>
  [
    `.page{fill:${page}}.box{fill:${box}}.name{fill:${text}}.sub{fill:${faint}}.says{fill:${text};stroke:${page}}`,
    ...Object.entries(COLOURS).map(
      ([name, shades]) => `.${name}{stroke:${shades[index]}}.head-${name}{fill:${shades[index]}}`,
    ),
  ].join("");

const STYLE = [
  "text{font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;text-anchor:middle}",
  ".name{font-size:15px;font-weight:600}.long{font-size:12px}.sub{font-size:11px}",
  ".says{font-size:11px;paint-order:stroke;stroke-width:7px;stroke-linejoin:round}",
  ".line{fill:none;stroke-width:1.6}.box{stroke-width:1.6}",
  rulesFor(0, ["#ffffff", "#f6f8fa", "#1f2328", "#59636e"]),
  `@media(prefers-color-scheme:dark){${rulesFor(1, ["#0d1117", "#161b22", "#f0f6fc", "#9198a1"])}}`,
].join("");

const MARKERS = [
  "<defs>",
  ...Object.keys(COLOURS).map(
    (name) =>
      `<marker id="to-${name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head-${name}" d="M0 0.5L8 4L0 7.5z"/></marker>`,
  ),
  "</defs>",
];

const colourOf = ({ line }: Route): Colour => (line.kind in COLOURS ? (line.kind as Colour) : "platform");

const path = (route: Route): string =>
  `<path class="line ${colourOf(route)}" marker-end="url(#to-${colourOf(route)})" d="${curve(route.through)}"/>`;

/** Flat where it leaves and where it arrives; straight through the slots. */
function curve([start, ...rest]: readonly Point[]): string {
  if (start === undefined) return "";
  let at = start;
  const parts = rest.map((to) => {
    const bend = (to.x - at.x) / 2;
    const same = to.x === at.x;
    const [a, b] = same ? [at.x + 60, to.x + 60] : [at.x + bend, to.x - bend];
    at = to;
    return `C${n(a)} ${n(previousY(rest, to, start))} ${n(b)} ${n(to.y)} ${n(to.x)} ${n(to.y)}`;
  });
  return `M${n(start.x)} ${n(start.y)}${parts.join("")}`;
}

const previousY = (rest: readonly Point[], to: Point, start: Point): number => (rest[rest.indexOf(to) - 1] ?? start).y;

function boxOf(graph: Graph, { node, x, y }: Box, mark?: Mark): string {
  const middle = x + BOX.width / 2;
  const subtitle = shortened(subtitleOf(graph, node), 28);
  const shape = shapeOf(node.kind, `class="box ${COLOUR_OF[node.kind]}"`, { x, y: y - BOX.height / 2 });
  const line = (subtitle === "" ? y + 5 : y - 2) + (node.kind === "store" ? 4 : 0);
  const size = node.name.length > 16 ? "name long" : "name";
  const name = `<text class="${size}" x="${n(middle)}" y="${n(line)}">${escaped(shortened(node.name, 22))}</text>`;
  const sub = `<text class="sub" x="${n(middle)}" y="${n(line + 16)}">${escaped(subtitle)}</text>`;
  const title = mark === undefined ? node.id : `${node.id}: ${mark.says}`;
  const badge = mark === undefined ? "" : badgeOf(mark, { x: x + BOX.width, y: y - BOX.height / 2 });
  return `<g><title>${escaped(title)}</title>${shape}${name}${subtitle === "" ? "" : sub}${badge}</g>`;
}

/** A number in the corner of a box. */
const badgeOf = ({ level, count }: Mark, { x, y }: Point): string =>
  `<circle class="mark mark-${level}" cx="${n(x - 6)}" cy="${n(y + 4)}" r="11"/>` +
  `<text class="count" x="${n(x - 6)}" y="${n(y + 8)}">${count > 99 ? "99+" : count}</text>`;

const MARK_STYLE =
  ".count{font-size:11px;font-weight:700;fill:#fff}.mark{stroke:none}" +
  ".mark-must{fill:#cf222e}.mark-should{fill:#9a6700}.mark-open{fill:#0969da}";

/** Stores are drawn as drums, externals as pills, everything else as cards. */
function shapeOf(kind: NodeKind, attributes: string, { x, y }: Point): string {
  const { width, height } = BOX;
  if (kind === "store") {
    const half = `${width / 2} 5`;
    const side = `M${n(x)} ${n(y + 5)}a${half} 0 0 1 ${width} 0v${height - 10}a${half} 0 0 1 -${width} 0z`;
    return `<path ${attributes} d="${side}M${n(x)} ${n(y + 5)}a${half} 0 0 0 ${width} 0"/>`;
  }
  const radius = kind === "external" ? height / 2 : 8;
  return `<rect ${attributes} x="${n(x)}" y="${n(y)}" width="${width}" height="${height}" rx="${radius}"/>`;
}

/** A label sits on its line where it arrives: there lines lie apart. */
const labels = ({ routes }: Layout): readonly string[] =>
  routes.flatMap(({ line, through }) => {
    const [end, before] = through.toReversed();
    if (end === undefined || before === undefined || line.says === "") return [];
    const share = 0.34;
    const x = end.x + (before.x - end.x) * share;
    const t = 1 - share;
    const y = before.y + (end.y - before.y) * (t * t * (3 - 2 * t));
    return [`<text class="says" x="${n(x)}" y="${n(y + 4)}">${escaped(line.says)}</text>`];
  });

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const n = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
