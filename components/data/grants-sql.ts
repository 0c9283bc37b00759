/**
 * From the graph's grants to SQL: one login per service and store, with just the access its edge says. `read` may select,
 * `readWrite` may also change rows; neither may create, alter or drop, which is the owner's, under whose
 * login the script runs. May run again at any time.
 * What the graph no longer grants is revoked: a role of ours without a grant loses its login.
 */
import { createHash } from "node:crypto";
import { type Grant } from "../../graph/derive/grants";
import { type Access } from "../../graph/store";

/** Login that owns the database and its schema, in every flavour: it migrates, and it grants. */
export const OWNER = "keelson_admin";

/** Every role made here is its member, so that what was granted once can be found again. It gives nothing by itself. */
const SERVICES = "keelson_services";

/** The one database of a store; managed servers refuse hyphens. */
export const databaseName = (store: string): string => store.replaceAll("-", "_");

/** The psql variable that carries a role's password; its value comes from the environment, never from this text. */
export const passwordVariable = (service: string): string => `${service.replaceAll("-", "_")}_password`;

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const ROWS: Readonly<Record<Access, string>> = {
  read: "SELECT",
  readWrite: "SELECT, INSERT, UPDATE, DELETE",
};

const SEQUENCES: Readonly<Record<Access, string>> = { read: "SELECT", readWrite: "USAGE, SELECT, UPDATE" };

/** The script for one store. Grants come in the order of services, so the text is stable. */
export function grantsSql(store: string, grants: readonly Grant[]): string {
  const widest = widestPerRole(grants);
  return [
    `-- Access to ${store}, derived from the graph. Do not edit: it is written anew.`,
    `\\set ON_ERROR_STOP on`,
    ...ensureRole(SERVICES),
    ...widest.flatMap(({ service }) => ["", ...createRole(service)]),
    "",
    "BEGIN;",
    ...publicHasNothing(store),
    ...withdrawOthers(widest),
    ...widest.flatMap((grant) => ["", ...grantRole(store, grant)]),
    "COMMIT;",
    "",
  ].join("\n");
}

/** A service that uses one store under two aliases has one role, with the wider access. */
export function widestPerRole(grants: readonly Grant[]): readonly Grant[] {
  const byService = new Map<string, Grant>();
  for (const grant of grants)
    if (byService.get(grant.service)?.access !== "readWrite") byService.set(grant.service, grant);
  return [...byService.values()].toSorted((a, b) => (a.service < b.service ? -1 : 1));
}

const ensureRole = (role: string): readonly string[] => {
  const absent = `NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)})`;
  return [`SELECT ${literal(`CREATE ROLE ${identifier(role)}`)} WHERE ${absent} \\gexec`];
};

const createRole = (service: string): readonly string[] => [
  `\\getenv ${passwordVariable(service)} ${passwordVariable(service)}`,
  ...ensureRole(service),
  `ALTER ROLE ${identifier(service)} WITH LOGIN NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'${passwordVariable(service)}';`,
  `GRANT ${identifier(SERVICES)} TO ${identifier(service)};`,
];

const publicHasNothing = (store: string): readonly string[] => [
  `REVOKE ALL ON DATABASE ${identifier(databaseName(store))} FROM PUBLIC;`,
  `REVOKE ALL ON SCHEMA public FROM PUBLIC;`,
];

/** Services that were granted something once and are no longer in the graph. */
function withdrawOthers(grants: readonly Grant[]): readonly string[] {
  const kept = grants.map(({ service }) => literal(service)).join(", ");
  return [
    "DO $$ DECLARE former text; BEGIN",
    "  FOR former IN SELECT member.rolname FROM pg_auth_members m JOIN pg_roles member ON member.oid = m.member",
    `    JOIN pg_roles held ON held.oid = m.roleid WHERE held.rolname = ${literal(SERVICES)}`,
    `    AND member.rolcanlogin AND NOT member.rolcreaterole${kept === "" ? "" : ` AND member.rolname NOT IN (${kept})`} LOOP`,
    "    EXECUTE format('ALTER ROLE %I WITH NOLOGIN', former);",
    "  END LOOP;",
    "END $$;",
  ];
}

function grantRole(store: string, { service, access }: Grant): readonly string[] {
  const role = identifier(service);
  const byDefault = "ALTER DEFAULT PRIVILEGES IN SCHEMA public";
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role};`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ${role};`,
    `${byDefault} REVOKE ALL ON TABLES FROM ${role};`,
    `${byDefault} REVOKE ALL ON SEQUENCES FROM ${role};`,
    `GRANT CONNECT ON DATABASE ${identifier(databaseName(store))} TO ${role};`,
    `GRANT USAGE ON SCHEMA public TO ${role};`,
    `GRANT ${ROWS[access]} ON ALL TABLES IN SCHEMA public TO ${role};`,
    `GRANT ${SEQUENCES[access]} ON ALL SEQUENCES IN SCHEMA public TO ${role};`,
    `${byDefault} GRANT ${ROWS[access]} ON TABLES TO ${role};`,
    `${byDefault} GRANT ${SEQUENCES[access]} ON SEQUENCES TO ${role};`,
  ];
}

/** Changes with the script, so that a new script is a new job: a finished one cannot be edited. */
export const scriptDigest = (sql: string): string => createHash("sha256").update(sql).digest("hex").slice(0, 8);
