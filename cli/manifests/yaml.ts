/** YAML as `kubectl` reads it, and what in it is refused although a parser could live with it. */
import {
  type Document,
  type DocumentOptions,
  isScalar,
  type Node,
  type ParseOptions,
  Schema,
  type SchemaOptions,
  type Tags,
  visit,
  type YAMLMap,
} from "yaml";

/** Of YAML 1.1, what Kubernetes' own reader leaves out: dates, and numbers to the base of sixty. */
const LEFT_OUT: ReadonlySet<string> = new Set(["tag:yaml.org,2002:timestamp"]);

type Tag = Exclude<Tags[number], string>;

const isKnown = (tag: Tags[number]): boolean => typeof tag === "string" || !isLeftOut(tag);

const isLeftOut = (tag: Tag): boolean => LEFT_OUT.has(tag.tag) || ("format" in tag && tag.format === "TIME");

/**
 * YAML 1.1, where `yes` and `on` are true: read as 1.2, `hostNetwork: yes` would be a text that offends nobody. Duplicate
 * keys are found here and not by the parser, whose way takes the square of their number.
 */
export const READ_AS_KUBECTL = {
  version: "1.1",
  schema: new Schema({
    schema: "yaml-1.1",
    merge: true,
    resolveKnownTags: false,
    customTags: (tags: Tags): Tags => tags.filter(isKnown),
  }),
  uniqueKeys: false,
  prettyErrors: false, // they quote the file, and count from the document's beginning
  logLevel: "silent",
} as const satisfies ParseOptions & DocumentOptions & SchemaOptions;

export interface Wrong {
  readonly offset: number;
  readonly message: string;
}

const start = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

/** Finding what an alias stands for takes as long as there are aliases. */
const MOST_ALIASES = 10_000;

/** A reader takes the first or the last of two equal keys; nobody knows which. */
function duplicateIn({ items }: YAMLMap): Wrong | undefined {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    const name: unknown = isScalar(key) ? key.value : key;
    if (seen.has(name) && name !== "<<") return { offset: start(key), message: "a key that stands twice" };
    seen.add(name);
  }
  return undefined;
}

function firstStrange(document: Document): Wrong | undefined {
  let aliases = 0;
  let found: Wrong | undefined;
  visit(document, {
    Map: (_, map) => {
      found = duplicateIn(map);
      return found === undefined ? undefined : visit.BREAK;
    },
    Alias: (_, alias) => {
      aliases += 1;
      if (aliases <= MOST_ALIASES) return undefined;
      found = { offset: start(alias), message: `more than ${MOST_ALIASES} aliases` };
      return visit.BREAK;
    },
  });
  return found;
}

/** What makes a document unusable: the parser's first error (what follows is mostly its consequence), or our own. */
export function firstWrong(document: Document): Wrong | undefined {
  const [error] = document.errors;
  if (error === undefined) return firstStrange(document);
  const message = OVERFLOW.test(error.message) ? "too many levels" : error.message;
  return { offset: error.pos[0], message: message.split("\n")[0] ?? message };
}

/** How the parser tells that the engine's stack was too small for it. */
const OVERFLOW = /call stack/;

/** Where the first alias stands; undefined in a document without any. */
export function firstAlias(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Alias: (_, alias) => {
      found = start(alias);
      return visit.BREAK;
    },
  });
  return found;
}
