/**
 * Owns a real PostgreSQL of a stand-in region whose write-ahead log real barman-cloud archives to the region's S3, and its
 * recovery from the copy of another region. It stands in for a managed database: same contract, other machinery. Found on
 * this machine, never installed; PostgreSQL refuses to run as root, so root gets it a user namespace of its own.
 */

import { existsSync, mkdirSync, readdirSync, writeFileSync, appendFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { kitEnvironment, type PythonKit } from "../toolchain/python-kit";
import { lastLines, run } from "../toolchain/run";
import { endDaemon, living, startDaemon } from "./daemon";
import { s3Url, type S3Site } from "./s3";

export interface PostgresSite {
  /** The region's folder. */
  readonly dir: string;
  readonly store: string;
  readonly port: number;
  readonly archive: Archive;
}

/** Where a server's log goes. A generation of a server has a name of its own: it refuses an archive that is not empty. */
export interface Archive {
  readonly s3: S3Site;
  readonly bucket: string;
  /** Where in the bucket. */
  readonly path: string;
  /** Carries region and generation, such as `orders-eu-west-1-1`. */
  readonly server: string;
}

export interface PostgresTools {
  readonly folder: string;
  readonly kit: PythonKit;
}

/** The folder of a PostgreSQL's programs; undefined when there is none here. */
export function findPostgres(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...(env["PATH"] ?? "").split(delimiter), ...versions.map((version) => join(debian, version, "bin"))];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

const USER = "keelson";

const dataOf = ({ dir, store }: PostgresSite): string => join(dir, `postgres-${store}`);
const nameOf = ({ store }: PostgresSite): string => `postgres-${store}`;

const isRoot = (): boolean => process.getuid?.() === 0;

/** Root of nothing but this: the files stay readable, and PostgreSQL sees an ordinary user. */
const asUser = (command: string, args: readonly string[]): readonly [string, readonly string[]] =>
  isRoot() ? ["unshare", ["--user", "--map-user=1000", "--map-group=1000", command, ...args]] : [command, args];

const environment = ({ archive: { s3 } }: PostgresSite, kit: PythonKit): Readonly<Record<string, string>> => ({
  ...kitEnvironment(kit),
  AWS_ACCESS_KEY_ID: "keelson",
  AWS_SECRET_ACCESS_KEY: "keelson-stand-in",
  AWS_DEFAULT_REGION: s3.region,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  PGUSER: USER,
  LC_ALL: "C.UTF-8",
});

const barman = (program: string, { archive }: PostgresSite, kit: PythonKit, ...more: readonly string[]): string[] => [
  kit.python,
  "-m",
  `barman.clients.cloud_${program}`,
  "--endpoint-url",
  s3Url(archive.s3),
  `s3://${archive.bucket}/${archive.path}`,
  archive.server,
  ...more,
];

async function must(site: PostgresSite, kit: PythonKit, [command = "", ...args]: readonly string[]): Promise<string> {
  const [started, all] = asUser(command, args);
  const env = { ...process.env, ...environment(site, kit) };
  const { code, stdout, stderr } = await run(started, all, { env, cwd: site.dir, timeoutMs: 120_000 });
  if (code === 0) return stdout;
  throw new Error(`${command} for ${site.store} ended with ${code}: ${lastLines(stderr || stdout, 4)}`);
}

/** Without fsync: what a crash of the machine loses here is made anew by the next drill. */
const settings = (site: PostgresSite, kit: PythonKit): string =>
  [
    `port = ${site.port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = ''`,
    "fsync = off",
    "wal_level = replica",
    "archive_mode = on",
    `archive_command = '${barman("walarchive", site, kit, "%p").join(" ")}'`,
    "max_wal_senders = 2",
    "shared_buffers = 16MB",
    "",
  ].join("\n");

/** Makes an empty server, unless there is one. */
export async function initialise(site: PostgresSite, { folder, kit }: PostgresTools): Promise<void> {
  const data = dataOf(site);
  if (existsSync(join(data, "PG_VERSION"))) return;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  await must(site, kit, [join(folder, "initdb"), "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync"]);
  appendFileSync(join(data, "postgresql.conf"), settings(site, kit));
}

export async function startPostgres(site: PostgresSite, { folder, kit }: PostgresTools): Promise<void> {
  const [command, args] = asUser(join(folder, "postgres"), ["-D", dataOf(site)]);
  const isReady = () =>
    sql(site, kit, "select 1").then(
      () => true,
      () => false,
    );
  await startDaemon({ dir: site.dir, name: nameOf(site), command, args, env: environment(site, kit), isReady });
}

export const isPostgresRunning = (site: PostgresSite): boolean => living(site.dir, nameOf(site)).length > 0;

export const endPostgres = (site: PostgresSite, patienceSeconds = 0): Promise<void> =>
  endDaemon(site.dir, nameOf(site), patienceSeconds);

const CLIENT = `
import sys, json, psycopg2
connection = psycopg2.connect(host="127.0.0.1", port=int(sys.argv[1]), user="${USER}", dbname="postgres", connect_timeout=2)
connection.autocommit = True
cursor = connection.cursor()
for statement in sys.argv[2:]:
    cursor.execute(statement)
print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))
`;

/** Runs statements, each on its own; the rows of the last. */
export async function sql(site: PostgresSite, kit: PythonKit, ...statements: readonly string[]) {
  const env = { ...process.env, ...kitEnvironment(kit) };
  const args = ["-c", CLIENT, String(site.port), ...statements];
  const { code, stdout, stderr } = await run(kit.python, args, { env, timeoutMs: 30_000 });
  if (code !== 0) throw new Error(`${site.store}: ${lastLines(stderr, 2)}`);
  return JSON.parse(stdout) as readonly (readonly unknown[])[];
}

/** A base backup, from which and from the log after it any later moment can be restored. */
export const backUpBase = (site: PostgresSite, kit: PythonKit): Promise<string> =>
  must(site, kit, [
    ...barman("backup", site, kit),
    ...["--host", "127.0.0.1", "--port", String(site.port), "--user", USER, "--immediate-checkpoint"],
  ]);

/** Closes the present piece of the log and waits until it is archived. */
export async function shipLog(site: PostgresSite, kit: PythonKit): Promise<void> {
  const [[segment] = []] = await sql(site, kit, "select pg_switch_wal()", CLOSED);
  const until = Date.now() + 60_000;
  for (;;) {
    const [[archived, failed] = []] = await sql(site, kit, ARCHIVED);
    if (typeof archived === "string" && archived >= String(segment)) return;
    if (Date.now() > until)
      throw new Error(`${site.store}: ${String(segment)} was not archived (${String(failed)} failures)`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** After a switch the present position is the first of the next piece. */
const CLOSED = "select pg_walfile_name(pg_current_wal_lsn() - 1)";
const ARCHIVED = "select last_archived_wal, failed_count from pg_stat_archiver";

/** A server with what the archive holds of another, up to its last archived moment; it archives under its own name. */
export async function recover(site: PostgresSite, from: Archive, { kit }: PostgresTools): Promise<void> {
  const data = dataOf(site);
  if (existsSync(join(data, "PG_VERSION"))) return;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const source = { ...site, archive: from };
  const listed = await must(source, kit, [...barman("backup_list", source, kit), "--format", "json"]);
  const { backups_list: backups } = JSON.parse(listed) as { backups_list: readonly { backup_id: string }[] };
  const latest = backups
    .map(({ backup_id }) => backup_id)
    .toSorted()
    .at(-1);
  if (latest === undefined) throw new Error(`${site.store}: no base backup of ${from.server} in ${from.bucket}`);
  await must(source, kit, barman("restore", source, kit, latest, data));
  const fetchLog = barman("walrestore", source, kit, "%f", "%p").join(" ");
  const more = ["", `restore_command = '${fetchLog}'`, "recovery_target_timeline = 'latest'", settings(site, kit)];
  appendFileSync(join(data, "postgresql.conf"), more.join("\n"));
  writeFileSync(join(data, "recovery.signal"), "");
}

/** Whether it has come to the end of the archive and takes writes. */
export async function isPrimary(site: PostgresSite, kit: PythonKit): Promise<boolean> {
  const [[recovering] = []] = await sql(site, kit, "select pg_is_in_recovery()");
  return recovering === false;
}
