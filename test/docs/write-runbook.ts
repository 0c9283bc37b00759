/** `npm run runbook`: writes docs/region-loss.md from the drill's own steps, rules and faults. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { runbook } from "../../drill/runbook";

const FILE = join(__dirname, "..", "..", "..", "docs", "region-loss.md");

/** The page as the repository's own style has it. */
export const formatted = async (): Promise<string> =>
  format(runbook(), { ...(await resolveConfig(FILE)), parser: "markdown" });

if (require.main === module) void formatted().then((text) => writeFileSync(FILE, text));
