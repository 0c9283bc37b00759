/** Writes a run of SARIF to a file, whole or not at all. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeResult } from "../write-result";
import { type Run, sarifLog } from "./log";

/** The checkout's package.json, from the compiled file's place in `dist/cli/sarif`. */
const PACKAGE = join(__dirname, "..", "..", "..", "package.json");

const version = (): string => (JSON.parse(readFileSync(PACKAGE, "utf8")) as { readonly version: string }).version;

export const writeSarif = (path: string, run: Run): void =>
  writeResult(path, `${JSON.stringify(sarifLog(run, version()), undefined, 2)}\n`);
