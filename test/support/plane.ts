/** A real control plane for tests, in a folder and on ports of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { removeControlPlane, startControlPlane } from "../../embedded/plane/control-plane";
import type { PlaneRecord } from "../../embedded/plane/layout";
import { toolContext } from "../../embedded/toolchain/context";
import { ensureTools } from "../../embedded/toolchain/ensure";
import { PLANE_TOOLS } from "../../embedded/toolchain/tools";

export interface TestPlane {
  readonly dir: string;
  /** Path of control-plane.json. */
  readonly file: string;
  readonly record: PlaneRecord;
}

/** Starts one, or starts the one in `dir` again. Puts the engine on PATH, for the Automation API. */
export async function startPlane(dir = mkdtempSync(join(tmpdir(), "keelson-plane-"))): Promise<TestPlane> {
  const tools = await ensureTools([...PLANE_TOOLS, "pulumi"] as const, toolContext());
  process.env["PATH"] = `${dirname(tools.pulumi.path)}${delimiter}${process.env["PATH"] ?? ""}`;
  const binaries = Object.fromEntries(Object.entries(tools).map(([name, { path }]) => [name, path])) as Record<
    keyof typeof tools,
    string
  >;
  const nodes = { zones: ["eu-central-1a", "eu-central-1b"], perZone: 1 };
  const env = { KEELSON_PORT: String(20_000 + 10 * Math.floor(Math.random() * 1_000)) };
  const again = await startControlPlane({ dir, binaries, nodes, env }).catch(() => undefined);
  const record = again ?? (await startControlPlane({ dir, binaries, nodes, env: { KEELSON_PORT: "31000" } }));
  return { dir, file: join(dir, "control-plane.json"), record };
}

export async function removePlane({ dir }: TestPlane): Promise<void> {
  await removeControlPlane(dir);
  rmSync(dir, { recursive: true, force: true });
}
