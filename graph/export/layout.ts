/**
 * Where boxes and lines go: nodes in layers from the edge to what is kept and called outside, lines bent around boxes
 * through free slots of the layers between, both ordered so that few lines cross. Pure and always the same.
 */
import { type Node } from "../model";
import { type Line, type Picture } from "./picture";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly node: Node;
}

export interface Route {
  readonly line: Line;
  /** From the side of one box, through slots, to the side of the other. */
  readonly through: readonly Point[];
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly routes: readonly Route[];
  readonly width: number;
  readonly height: number;
}

export const BOX = { width: 168, height: 52 } as const;
const GAP = { column: 150, row: 30, slot: 34, margin: 36 } as const;
const SWEEPS = 12;

/** A box, or a slot through which a line passes a layer. */
interface Cell {
  readonly id: string;
  readonly layer: number;
  readonly node?: Node;
  y: number;
}

interface Chain {
  readonly line: Line;
  readonly cells: readonly Cell[];
}

export function layOut(picture: Picture): Layout {
  const layers = layersOf(picture);
  const cells = new Map(
    picture.nodes.map((node) => [node.id, { id: node.id, node, layer: layers.get(node.id) ?? 0, y: 0 }]),
  );
  const chains = picture.lines.flatMap((line) => chainOf(line, cells));
  const columns = columnsOf([...new Set([...cells.values(), ...chains.flatMap((chain) => chain.cells)])]);
  settle(columns, neighboursOf(chains));
  const all = columns.flat();
  const top = Math.min(...all.map(({ y }) => y)) - BOX.height / 2 - GAP.margin;
  for (const cell of all) cell.y -= top;
  return {
    boxes: [...cells.values()].map((cell) => ({ node: cell.node, x: xOf(cell), y: cell.y })),
    routes: spread(chains),
    width: 2 * GAP.margin + columns.length * BOX.width + (columns.length - 1) * GAP.column,
    height: Math.max(...all.map(({ y }) => y)) + BOX.height / 2 + GAP.margin,
  };
}

const xOf = ({ layer }: Cell): number => GAP.margin + layer * (BOX.width + GAP.column);

// Layers: the edge, callers before whom they call, then stores and externals, then the platform.

function layersOf({ nodes, lines }: Picture): ReadonlyMap<string, number> {
  const depth = depths(lines.filter(({ kind }) => kind === "call"));
  const deepest = Math.max(0, ...depth.values());
  const parts = depths(lines.filter(({ from, to }) => isPlatform(from) && isPlatform(to)));
  const first = {
    edge: 0,
    service: 1,
    broker: deepest + 2,
    store: deepest + 2,
    external: deepest + 2,
    platform: deepest + 3,
  };
  const wanted = nodes.map(({ id, kind }): [string, number] => [
    id,
    first[kind] + (depth.get(id) ?? parts.get(id) ?? 0),
  ]);
  const used = [...new Set(wanted.map(([, layer]) => layer))].toSorted((a, b) => a - b);
  return new Map(wanted.map(([id, layer]) => [id, used.indexOf(layer)]));
}

const isPlatform = (id: string): boolean => id.startsWith("platform/");

/** How many calls lie before each callee, at most; a cycle of calls is cut where it closes. */
function depths(calls: readonly Line[]): ReadonlyMap<string, number> {
  const depth = new Map<string, number>();
  const visit = (id: string, at: number, path: readonly string[]): void => {
    if (path.includes(id) || at <= (depth.get(id) ?? -1)) return;
    depth.set(id, at);
    for (const { to } of calls.filter(({ from }) => from === id)) visit(to, at + 1, [...path, id]);
  };
  const called = new Set(calls.map(({ to }) => to));
  const first = calls.map(({ from }) => from).filter((from) => !called.has(from));
  for (const id of first.length > 0 ? first : calls.map(({ from }) => from)) visit(id, 0, []);
  return depth;
}

/** A line over several layers gets a slot in each between. */
function chainOf(line: Line, cells: ReadonlyMap<string, Cell>): readonly Chain[] {
  const [from, to] = [cells.get(line.from), cells.get(line.to)];
  if (from === undefined || to === undefined) return [];
  const step = Math.sign(to.layer - from.layer);
  const slots = Array.from({ length: Math.max(0, Math.abs(to.layer - from.layer) - 1) }, (_, index) => {
    const layer = from.layer + step * (index + 1);
    return { id: `${line.from} ${line.to} ${layer}`, layer, y: 0 };
  });
  return [{ line, cells: [from, ...slots, to] }];
}

function columnsOf(cells: readonly Cell[]): readonly Cell[][] {
  const columns: Cell[][] = [];
  for (const cell of cells) (columns[cell.layer] ??= []).push(cell);
  for (const column of columns) column.forEach((cell, index) => (cell.y = index * (BOX.height + GAP.row)));
  return columns;
}

type Neighbours = ReadonlyMap<Cell, readonly Cell[]>;

function neighboursOf(chains: readonly Chain[]): Neighbours {
  const map = new Map<Cell, Cell[]>();
  const join = (a: Cell, b: Cell): unknown => map.set(a, [...(map.get(a) ?? []), b]);
  for (const { cells } of chains)
    cells.slice(1).forEach((cell, index) => {
      const before = cells[index] ?? cell;
      if (before.layer === cell.layer) return;
      join(before, cell);
      join(cell, before);
    });
  return map;
}

/** Sweeps back and forth: each cell moves to the middle of its neighbours, in their order, as far as there is room. */
function settle(columns: readonly Cell[][], neighbours: Neighbours): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) place(column, neighbours);
}

function place(column: Cell[], neighbours: Neighbours): void {
  const wanted = new Map(column.map((cell) => [cell, middle(neighbours.get(cell) ?? [], cell.y)]));
  column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || (a.id < b.id ? -1 : 1));
  column.forEach((cell, index) => {
    const above = column[index - 1];
    const least = above === undefined ? -Infinity : above.y + room(above, cell);
    cell.y = Math.max(wanted.get(cell) ?? 0, least);
  });
  const drift = column.reduce((sum, cell) => sum + cell.y - (wanted.get(cell) ?? 0), 0) / Math.max(1, column.length);
  for (const cell of column) cell.y -= drift;
}

const middle = (cells: readonly Cell[], otherwise: number): number =>
  cells.length === 0 ? otherwise : cells.reduce((sum, { y }) => sum + y, 0) / cells.length;

const room = (a: Cell, b: Cell): number => halfOf(a) + halfOf(b);

const halfOf = ({ node }: Cell): number => (node === undefined ? GAP.slot / 2 : (BOX.height + GAP.row) / 2);

// Lines leave and enter a box beside each other, in the order of where they go.

function spread(chains: readonly Chain[]): readonly Route[] {
  return chains.map((chain) => ({ line: chain.line, through: pointsOf(chain, chains) }));
}

function pointsOf(chain: Chain, chains: readonly Chain[]): readonly Point[] {
  const [first, second] = chain.cells;
  const [last, previous] = chain.cells.toReversed();
  if (first === undefined || second === undefined || last === undefined || previous === undefined) return [];
  const slots = chain.cells.slice(1, -1).flatMap((slot) => slotPoints(slot, second.layer > first.layer));
  return [portOf(first, second, chains), ...slots, portOf(last, previous, chains)];
}

/** A line crosses a layer straight, from one side of its slot to the other. */
const slotPoints = (slot: Cell, rightwards: boolean): readonly Point[] => {
  const sides = [
    { x: xOf(slot), y: slot.y },
    { x: xOf(slot) + BOX.width, y: slot.y },
  ];
  return rightwards ? sides : sides.toReversed();
};

function portOf(box: Cell, towards: Cell, chains: readonly Chain[]): Point {
  const right = towards.layer >= box.layer;
  const ends = chains.flatMap(({ cells }) => endsAt(cells, box)).filter((other) => other.layer >= box.layer === right);
  const order = ends.toSorted((a, b) => a.y - b.y || (a.id < b.id ? -1 : 1));
  const y = box.y + (BOX.height * (order.indexOf(towards) + 1)) / (order.length + 1) - BOX.height / 2;
  return { x: xOf(box) + (right ? BOX.width : 0), y };
}

/** The cells next to a box on the chains that end there. */
function endsAt(cells: readonly Cell[], box: Cell): readonly Cell[] {
  const [first, second] = cells;
  const [last, previous] = cells.toReversed();
  return [
    ...(first === box && second !== undefined ? [second] : []),
    ...(last === box && previous !== undefined ? [previous] : []),
  ];
}
