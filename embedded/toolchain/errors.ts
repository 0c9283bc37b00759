/** Owns what is said when a tool cannot be had: one repair instruction, told apart from bad input by its type. */

import { InvalidInput, type Problem } from "../../graph/problems";
import { codeOf } from "../errors";

/** A tool, its cache or what builds it is missing or broken. Nothing was changed. */
export class ToolchainError extends InvalidInput {
  constructor(problem: Problem) {
    super([problem]);
    this.name = "ToolchainError";
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
  EROFS: "a file system mounted read-only",
  ENOTDIR: "a file where a folder is needed",
  EEXIST: "a file where a folder is needed",
  ENOSPC: "a full disk",
  EDQUOT: "a used-up disk quota",
};

const MOVE = "set KEELSON_CACHE to a folder of yours on a disk with room";

/** The error of a write below the cache's root, as a repair instruction; any other error as it is. */
export function cacheFailure(root: string, error: unknown): unknown {
  const got = REASONS[codeOf(error)];
  if (error instanceof InvalidInput || got === undefined) return error;
  const full = codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
  const mend = full ? `free some space, or ${MOVE}` : `make ${root} writable for you, or ${MOVE}`;
  return new ToolchainError({ where: `cache ${root}`, got, want: "a folder that can be written to", mend });
}
