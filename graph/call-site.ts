/**
 * Where in the program an edge was declared, for `keelson why`. Capturing is cheap; the stack is turned into text only when
 * somebody asks, and then back from compiled code to the source line.
 */
import { existsSync, readFileSync } from "node:fs";
import { type SourceMapPayload, SourceMap } from "node:module";
import { dirname, resolve } from "node:path";

export class CallSite {
  readonly #trace = new Error();

  /** `services/shop/order.ts:14`: the innermost frame outside the model itself. */
  toString(): string {
    const frames = (this.#trace.stack ?? "").split("\n").slice(1);
    const outside = frames.find((frame) => !/(?<!test)[/\\]graph[/\\]|node:/.test(frame)) ?? "";
    const [, file, line, column] = /\(?([^()\s]+):(\d+):(\d+)\)?$/.exec(outside) ?? [];
    return file === undefined
      ? "unknown place"
      : sourceOf(file.replace(/^file:\/\//, ""), Number(line), Number(column));
  }
}

/** The place in the source that this place in compiled code was made from, or the place itself. */
function sourceOf(file: string, line: number, column: number): string {
  if (!existsSync(`${file}.map`)) return `${fromRoot(file)}:${line}`;
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalSource" in entry)) return `${fromRoot(file)}:${line}`;
  return `${fromRoot(resolve(dirname(file), entry.originalSource))}:${entry.originalLine + 1}`;
}

const fromRoot = (path: string): string => path.replace(/^.*\/(services|test|stacks)\//, "$1/");
