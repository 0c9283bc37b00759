/** Owns what every part of the toolchain is given, so that nothing reads the process's environment on its own. */

import { freeBytes } from "./cache";
import { silent, type Progress } from "./progress";

export interface ToolContext {
  /** PATH, HOME, KEELSON_CACHE, KEELSON_ENGINE, KUBEBUILDER_ASSETS are read from it. @default process.env */
  readonly env: NodeJS.ProcessEnv;
  /** @default silent */
  readonly progress: Progress;
  /** Ends builds and downloads. */
  readonly signal?: AbortSignal;
  /** Free bytes on the file system of a path. */
  readonly freeBytes: (path: string) => Promise<number>;
}

export const toolContext = (given: Partial<ToolContext> = {}): ToolContext => ({
  env: process.env,
  progress: silent,
  freeBytes,
  ...given,
});
