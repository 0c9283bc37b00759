/** What a verb needs of a stack before any engine: its settings and its graph, both refused with all their problems. */
import { type Graph } from "../graph/model";
import { compileStack } from "../stacks/compile";
import { type Settings } from "../stacks/schema";
import { readStackFile } from "../stacks/stack-file";
import { type Arguments } from "./verb";
import { stackOf } from "./arguments";
import { type Terminal } from "./terminal";

export interface Stack {
  readonly name: string;
  readonly settings: Settings;
  readonly graph: Graph;
}

/** @throws InvalidInput when there is no such stack, or its settings or its graph are wrong. */
export function openStack(args: Arguments, { checkout }: Terminal): Stack {
  const name = stackOf(args);
  const settings = readStackFile(checkout, name);
  return { name, settings, graph: compileStack(settings) };
}
