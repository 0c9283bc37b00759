/** The sources of the product: what git tracks or would track, without tests. */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/** The checkout, from the compiled test's place in `dist/test/architecture`. */
export const ROOT = execFileSync("git", ["rev-parse", "--show-toplevel"], {
  cwd: resolve(__dirname),
  encoding: "utf8",
}).trim();

export const sourceFiles = (): readonly string[] =>
  execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts"], { cwd: ROOT, encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && !file.endsWith(".d.ts") && !file.startsWith("test/"));
