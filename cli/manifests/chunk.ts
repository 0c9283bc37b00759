/**
 * One document of a file: its value, and the line of any part of it. Syntax trees take about fifty times as much as the
 * text, so only the last one that was asked for lines is kept.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { firstAlias, firstWrong, READ_AS_KUBECTL } from "./yaml";

export type Keys = readonly (string | number)[];

export type Read =
  { readonly value: unknown } | { readonly error: { readonly line: number; readonly message: string } };

const HAS_CONTENT = /^[ \t]*[^\s#%]/m;

/** The documents of a file, parted as `kubectl` parts them; those with comments only are left out. */
export function chunksOf(file: string, text: string): readonly Chunk[] {
  const starts = [...text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => index);
  let line = 0;
  return [0, ...starts].flatMap((start, at) => {
    const part = text.slice(at === 0 ? 0 : start + "---".length, starts[at]);
    const chunk = new Chunk(file, part, line);
    line += linesIn(part);
    return HAS_CONTENT.test(part) ? [chunk] : [];
  });
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

interface Tree {
  readonly document: Document;
  readonly lines: LineCounter;
}

export class Chunk {
  /** Lines are asked for object by object. */
  static #last: { readonly of: Chunk; readonly tree: Tree } | undefined;

  constructor(
    readonly file: string,
    private readonly text: string,
    /** Lines of the file above it. */
    private readonly above: number,
  ) {}

  /** The line on which it begins, from 1. */
  get line(): number {
    const before = this.text.slice(0, HAS_CONTENT.exec(this.text)?.index ?? 0);
    return this.above + linesIn(before) + 1;
  }

  /** The value as plain data, where aliases stand for the same part more than once. */
  read(): Read {
    return asJson(this.text) ?? this.#asYaml();
  }

  /** The line of a part, from 1; of the nearest part around it when there is none. */
  lineOf(keys: Keys): number {
    if (Chunk.#last?.of !== this) Chunk.#last = { of: this, tree: this.#tree() };
    const { document, lines } = Chunk.#last.tree;
    return this.#lineAt(offsetOf(document, keys), lines);
  }

  /** The line of the first alias; of the beginning where there is none, or where it lies too deep to be found. */
  get aliasLine(): number {
    if (!this.text.includes("*")) return this.line;
    try {
      const { document, lines } = this.#tree();
      const offset = firstAlias(document);
      return offset === undefined ? this.line : this.#lineAt(offset, lines);
    } catch (error) {
      if (error instanceof RangeError) return this.line;
      throw error;
    }
  }

  #asYaml(): Read {
    try {
      const { document, lines } = this.#tree();
      const wrong = firstWrong(document);
      if (wrong === undefined) return { value: document.toJS({ maxAliasCount: -1 }) };
      return { error: { line: this.#lineAt(wrong.offset, lines), message: wrong.message } };
    } catch (error) {
      const known = error instanceof RangeError || error instanceof ReferenceError;
      if (!known) throw error;
      const message = error instanceof RangeError ? "too many levels" : "an alias that stands for itself";
      return { error: { line: this.line, message } };
    }
  }

  #tree(): Tree {
    const lines = new LineCounter();
    const document = parseDocument(this.text, { ...READ_AS_KUBECTL, lineCounter: lines });
    return { document, lines };
  }

  #lineAt(offset: number, lines: LineCounter): number {
    return this.above + Math.max(1, lines.linePos(offset).line);
  }
}

/** The engine's own reader is many times as fast; what it refuses is read as YAML, whose errors have a place. */
function asJson(text: string): Read | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function offsetOf(document: Document, keys: Keys): number {
  let node: unknown = document.contents;
  let offset = startOf(document.contents) ?? 0;
  for (const key of keys) {
    const [label, value] = partOf(isAlias(node) ? node.resolve(document) : node, key);
    if (label === undefined) return offset;
    offset = startOf(label) ?? offset;
    node = value;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

/** The node that shows where a part begins (the key of a map's entry, the item itself of a list), and its value. */
function partOf(node: unknown, key: string | number): readonly [unknown, unknown] {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return [item, item];
  }
  const pair = isMap(node) ? node.items.find(({ key: its }) => isScalar(its) && String(its.value) === key) : undefined;
  return [pair?.key, pair?.value];
}
