/** Where a manifest stands: its file, and the line of any of its fields. */
import { type Chunk, type Keys } from "./chunk";

export class Place {
  constructor(
    private readonly chunk: Chunk,
    /** Where in its document it begins; nothing for a document of its own. */
    private readonly keys: Keys,
  ) {}

  get file(): string {
    return this.chunk.file;
  }

  /** The line of a field, from 1; of the nearest field around it while there is none. Looks it up anew each time. */
  lineOf(path = ""): number {
    return this.chunk.lineOf([...this.keys, ...keysOf(path)]);
  }
}

const STEP = /\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g;

/** `spec.containers[0].env` as keys, the way verdicts write paths. */
export const keysOf = (path: string): Keys =>
  [...path.matchAll(STEP)].map(([, quoted, index, plain]) =>
    index === undefined ? (quoted ?? plain ?? "") : Number(index),
  );
