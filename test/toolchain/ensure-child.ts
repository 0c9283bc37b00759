/** A process of its own that gets one tool, for tests that kill it: `node ensure-child.js TOOL-AS-JSON`. */

import { toolContext } from "../../embedded/toolchain/context";
import { ensureTool } from "../../embedded/toolchain/ensure";
import { progressOn } from "../../embedded/toolchain/progress";
import type { Tool } from "../../embedded/toolchain/tools";

const tool = JSON.parse(process.argv[2] ?? "") as Tool;
ensureTool(tool, toolContext({ progress: progressOn(process.stderr) })).then(
  (found) => process.stdout.write(`${found.origin}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
