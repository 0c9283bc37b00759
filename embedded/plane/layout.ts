/** Owns where a control plane's files lie below its stack's folder, and what is remembered of it between commands. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../errors";
import { writeWhole } from "../files";
import type { ProcessId } from "../process/identity";
import { InvalidInput } from "../../graph/problems";
import type { Access } from "./api";
import type { Ports } from "./ports";

/** A process of a control plane as it is remembered. */
export interface PlaneProcess extends ProcessId {
  readonly name: string;
}

/** `control-plane.json`: how to reach the API server, and which processes serve it. Readable by its owner only. */
export interface PlaneRecord extends Access {
  readonly caFile: string;
  readonly kubeconfig: string;
  /** Such as `v1.36.3`. */
  readonly version: string;
  /** Empty when it was stopped. */
  readonly processes: readonly PlaneProcess[];
  readonly ports: Ports;
  readonly serviceCidr: string;
}

export interface Layout {
  /** The stack's folder, `<checkout>/.keelson/<stack>`. */
  readonly dir: string;
  readonly plane: string;
  readonly record: string;
  readonly etcdData: string;
  readonly certificates: string;
  readonly authority: string;
  readonly logs: string;
  readonly tokens: string;
  readonly serviceAccountKey: string;
  /** The administrator's, for `kubectl --kubeconfig`. */
  readonly kubeconfig: string;
}

export function layoutOf(dir: string): Layout {
  const plane = join(dir, "plane");
  return {
    dir,
    plane,
    record: join(dir, "control-plane.json"),
    etcdData: join(plane, "etcd"),
    certificates: join(plane, "certificates"),
    authority: join(plane, "certificates", "apiserver.crt"),
    logs: join(plane, "logs"),
    tokens: join(plane, "tokens.csv"),
    serviceAccountKey: join(plane, "service-account.key"),
    kubeconfig: join(plane, "kubeconfig"),
  };
}

export const logOf = (layout: Layout, name: string): string => join(layout.logs, `${name}.log`);
export const kubeconfigOf = (layout: Layout, name: string): string => join(layout.plane, `${name}.kubeconfig`);

/** Undefined when there never was a control plane, or it was removed. @throws InvalidInput for an unreadable record. */
export async function readRecord(layout: Layout): Promise<PlaneRecord | undefined> {
  try {
    return JSON.parse(await readFile(layout.record, "utf8")) as PlaneRecord;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (error instanceof SyntaxError) throw unreadable(layout);
    throw error;
  }
}

const unreadable = ({ record, plane }: Layout): InvalidInput =>
  new InvalidInput([
    {
      where: record,
      got: "a file that is not JSON",
      want: "what `keelson up` wrote there",
      mend: `delete it: the next \`keelson up\` writes it again from ${plane}`,
    },
  ]);

export const writeRecord = (layout: Layout, record: PlaneRecord): void =>
  writeWhole(layout.record, `${JSON.stringify(record, undefined, 2)}\n`);
