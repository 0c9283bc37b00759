/** The control plane that stands behind a cluster of the stand-in cloud, where one runs. */
import { existsSync, readFileSync } from "node:fs";

export interface LocalPlane {
  readonly endpoint: string;
  readonly caData: string;
}

/** The control plane that `KEELSON_CONTROL_PLANE` names, or a believable address where nothing listens. */
export function localPlane(nowhere: string): LocalPlane {
  const file = process.env["KEELSON_CONTROL_PLANE"];
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as LocalPlane;
  return { endpoint: nowhere, caData: Buffer.from("no control plane stands behind this cluster").toString("base64") };
}
