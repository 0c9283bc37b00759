/**
 * Owns who may talk to the API server: one random token per component, with the rights Kubernetes itself gives that
 * component, and the key that signs service account tokens. Made once per control plane; kept while its data are.
 */

import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { writeWhole } from "../files";
import { kubeconfigOf, type Layout } from "./layout";

/** A line of the token file: user, and the groups RBAC knows it by. */
interface Identity {
  readonly user: string;
  readonly group?: string;
}

const IDENTITIES = {
  admin: { user: "keelson-admin", group: "system:masters" },
  "kube-controller-manager": { user: "system:kube-controller-manager" },
  "kube-scheduler": { user: "system:kube-scheduler" },
  kwok: { user: "kwok", group: "system:masters" },
} as const satisfies Record<string, Identity>;

export type IdentityName = keyof typeof IDENTITIES;
export type Tokens = Readonly<Record<IdentityName, string>>;

const NAMES = Object.keys(IDENTITIES) as IdentityName[];

/** The tokens of this control plane, made when there are none. */
export async function ensureCredentials(layout: Layout): Promise<Tokens> {
  if (!existsSync(layout.serviceAccountKey)) writeWhole(layout.serviceAccountKey, signingKey());
  if (!existsSync(layout.tokens)) writeWhole(layout.tokens, tokenFile());
  return readTokens(layout);
}

export async function readTokens(layout: Layout): Promise<Tokens> {
  const lines = (await readFile(layout.tokens, "utf8")).trim().split("\n");
  const byUser = new Map(lines.map((line) => line.split(",")).map(([token = "", user = ""]) => [user, token]));
  const entries = NAMES.map((name) => [name, byUser.get(IDENTITIES[name].user) ?? ""] as const);
  return Object.fromEntries(entries) as Tokens;
}

const signingKey = (): string =>
  generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ type: "pkcs1", format: "pem" }).toString();

const SOON_MS = 7 * 86_400_000;

/** The API server makes a certificate for a year when there is none, and would go on serving one that has run out. */
export async function dropExpired(certificate: string): Promise<void> {
  if (!existsSync(certificate)) return;
  const { validTo } = new X509Certificate(await readFile(certificate));
  if (Date.parse(validTo) < Date.now() + SOON_MS) await rm(certificate);
}

/** CSV: token, user, uid, groups. */
const tokenFile = (): string =>
  NAMES.map((name) => {
    const { user, group }: Identity = IDENTITIES[name];
    return `${randomBytes(24).toString("hex")},${user},${user}${group === undefined ? "" : `,"${group}"`}\n`;
  }).join("");

/** What a kubeconfig says of one user and one server; the authority by path. */
export const kubeconfig = (endpoint: string, authority: string, token: string): string =>
  `apiVersion: v1
kind: Config
clusters:
  - name: keelson
    cluster:
      server: ${endpoint}
      certificate-authority: ${JSON.stringify(authority)}
users:
  - name: keelson
    user:
      token: ${token}
contexts:
  - name: keelson
    context:
      cluster: keelson
      user: keelson
current-context: keelson
`;

/** Writes a kubeconfig per component, and the administrator's. */
export function writeKubeconfigs(layout: Layout, endpoint: string, tokens: Tokens): void {
  const place = (name: IdentityName) => (name === "admin" ? layout.kubeconfig : kubeconfigOf(layout, name));
  for (const name of NAMES) writeWhole(place(name), kubeconfig(endpoint, layout.authority, tokens[name]));
}
