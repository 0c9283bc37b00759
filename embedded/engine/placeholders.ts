/**
 * Stands in for the secrets of a committed stack file: each `secure:` value becomes a fixed placeholder of the shape
 * its key calls for, encrypted as the engine does, so that it stays a secret for the program and its policies.
 * The real ciphertext is never copied, and nobody is asked for its key.
 */
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

/** What a value under such a key looks like; the first that matches decides. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/webhook|url|endpoint|issuer/i, "https://placeholder.invalid/"],
  [/dsn|connection/i, "postgresql://placeholder:placeholder@placeholder.invalid:5432/placeholder"],
  [/e-?mail/i, "placeholder@placeholder.invalid"],
  [/certificate|\bca\b/i, "-----BEGIN CERTIFICATE-----\nplaceholder\n-----END CERTIFICATE-----\n"],
  [/private-?key/i, "-----BEGIN PRIVATE KEY-----\nplaceholder\n-----END PRIVATE KEY-----\n"],
  [/port$/i, "5432"],
];

/** The placeholder for the secret at this place; the same each time, so that a second run changes nothing. */
export function placeholder(path: string): string {
  const key = path.slice(Math.max(path.lastIndexOf("."), path.lastIndexOf(":")) + 1);
  return shapes.find(([pattern]) => pattern.test(key))?.[1] ?? `placeholder-for-${key}-0000`;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSecure = (value: unknown): boolean =>
  isMap(value) && typeof value["secure"] === "string" && Object.keys(value).length === 1;

/** The value with each `{secure: …}` in it replaced by what `make` gives for its path. */
export function replaceSecure(value: unknown, path: string, make: (path: string) => string): unknown {
  if (isSecure(value)) return { secure: make(path) };
  if (Array.isArray(value)) return value.map((item, at) => replaceSecure(item, `${path}.${at}`, make));
  if (!isMap(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, replaceSecure(item, path === "" ? key : `${path}.${key}`, make)]),
  );
}

export interface Crypter {
  /** What the engine wants as `encryptionsalt`. */
  readonly salt: string;
  encrypt(text: string): string;
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

/**
 * The engine's passphrase provider: PBKDF2 with SHA-256 and a million rounds, AES-256-GCM
 * (github.com/pulumi/pulumi, sdk/go/common/resource/config/crypt.go).
 */
export function passphraseCrypter(passphrase: string): Crypter {
  const salt = randomBytes(8);
  const key = pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
  const encrypt = (text: string): string => seal(key, text);
  return { salt: `v1:${salt.toString("base64")}:${encrypt("pulumi")}`, encrypt };
}
