/**
 * Known values in every place that is backed up: an object in each service's namespace, rows in each database. Their
 * checksums are all that is remembered of them.
 */
import { createHash } from "node:crypto";
import { type ApiClient } from "../embedded/plane/api";
import { type PostgresSite, sql } from "../embedded/region/postgres";
import { type PythonKit } from "../embedded/toolchain/python-kit";
import { type Manifest } from "../graph/manifest";
import { type Graph, namespaceOf, servicesOf } from "../graph/model";

export const SENTINEL = "keelson-drill-sentinel";

export const checksum = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

export const sentinelNamespaces = (graph: Graph): readonly string[] => [
  ...new Set(servicesOf(graph).flatMap((node) => namespaceOf(node) ?? [])),
];

/** The object of one namespace in one drill. */
export const sentinelObject = (drill: string, namespace: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: SENTINEL, namespace, labels: { "keelson.dev/drill": drill.toLowerCase() } },
  data: { written: `${drill} in ${namespace}` },
});

export const checksumOf = ({ data }: Manifest): string => checksum(JSON.stringify(data));

/** Writes it, and says the checksum of what the server then holds. */
export const writeSentinel = async (api: ApiClient, wanted: Manifest): Promise<string> =>
  checksumOf(await api.apply(wanted, { fieldManager: "keelson-drill", force: true }));

/** The checksum of what is there; undefined when nothing is. */
export async function readSentinel(api: ApiClient, wanted: Manifest): Promise<string | undefined> {
  const found = await api.read(wanted);
  return found === undefined ? undefined : checksumOf(found);
}

export const ROWS = 1_000;

const TABLE =
  "create table if not exists keelson_drill (drill text, id int, written timestamptz default now(), primary key (drill, id))";

const rows = (drill: string, first: number, last: number): string =>
  `insert into keelson_drill (drill, id) select '${drill}', generate_series(${first}, ${last}) on conflict do nothing`;

const SUMMARY = (drill: string): string =>
  `select count(*), md5(coalesce(string_agg(id || ' ' || written, ',' order by id), '')), max(written) from keelson_drill where drill = '${drill}'`;

export interface RowsFound {
  /** `1000 rows 0f3a…`: count and checksum. */
  readonly text: string;
  /** When the last of them was written, ISO 8601. */
  readonly latest: string;
}

export async function readRows(site: PostgresSite, kit: PythonKit, drill: string): Promise<RowsFound> {
  const [[count, sum, latest] = []] = await sql(site, kit, SUMMARY(drill));
  return { text: `${String(count)} rows ${String(sum)}`, latest: new Date(String(latest)).toISOString() };
}

export const writeRows = (site: PostgresSite, kit: PythonKit, drill: string): Promise<unknown> =>
  sql(site, kit, TABLE, rows(drill, 1, ROWS));

/** What is written after the last log was shipped, and so must be lost: it shows what the measured RPO means. */
export const writeLateRow = (site: PostgresSite, kit: PythonKit, drill: string): Promise<unknown> =>
  sql(site, kit, rows(drill, ROWS + 1, ROWS + 1));
