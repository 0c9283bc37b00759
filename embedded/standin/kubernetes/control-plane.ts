/** The local control plane as its description file tells: where it is, and how to be let in. Nothing is started here. */
import { readFileSync } from "node:fs";
import type { Access } from "../../plane/api";
import { Refused } from "../provider";

/** What brings a lost control plane back. */
export const MEND = "run `make up` again: it starts the control plane and continues where this run stopped";

/** The file named by `KEELSON_CONTROL_PLANE`; undefined when there is none, as under `keelson plan`. */
export function controlPlane(file = process.env["KEELSON_CONTROL_PLANE"]): Access | undefined {
  const written = file === undefined || file === "" ? undefined : read(file);
  if (written === undefined) return undefined;
  const { endpoint, caData, token } = JSON.parse(written) as Partial<Access>;
  if (!endpoint || !caData || !token) throw new Refused(`${file}: endpoint, caData and token are wanted; ${MEND}`);
  return { endpoint, caData, token };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // not started yet, or taken down: the same as none
  }
}
