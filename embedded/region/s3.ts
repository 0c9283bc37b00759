/**
 * Owns the S3 API of a stand-in region: moto's server as a plain process, in memory, on the loopback address. Real enough
 * for the AWS SDKs that Velero and barman-cloud speak; nothing is signed or encrypted here. Copying to another region,
 * which AWS does by itself, is done by `copyBucket`, in the same order: objects as they are, under the same keys.
 */

import { type ProcessId } from "../process/identity";
import { kitEnvironment, type PythonKit } from "../toolchain/python-kit";
import { endDaemon, living, startDaemon } from "./daemon";
import { s3Program } from "./s3-server";

export interface S3Site {
  /** The region's folder. */
  readonly dir: string;
  readonly region: string;
  readonly port: number;
}

const NAME = "s3";

export const s3Url = ({ port }: S3Site): string => `http://127.0.0.1:${port}`;

/** Starts it, or finds it running; its content lives as long as it does. */
export const startS3 = (site: S3Site, kit: PythonKit): Promise<void> =>
  startDaemon({
    dir: site.dir,
    name: NAME,
    command: kit.python,
    args: s3Program(site),
    env: kitEnvironment(kit),
    isReady: () => answers(site),
  });

/** Who serves now. */
export const serverOf = ({ dir }: S3Site): readonly ProcessId[] => living(dir, NAME);

export const isS3Running = ({ dir }: S3Site): boolean => living(dir, NAME).length > 0;

/** At once: a lost region does not say goodbye. */
export const endS3 = ({ dir }: S3Site): Promise<void> => endDaemon(dir, NAME, 0);

/** Whether anything answers there. */
export async function answers(site: S3Site): Promise<boolean> {
  try {
    return (await fetch(`${s3Url(site)}/`)).ok;
  } catch {
    return false;
  }
}

/** An answer of 400 or above. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    /** Such as `NoSuchBucket`, `PermanentRedirect`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "S3Error";
  }
}

/** The server reads the region out of the scope of a signature, which it does not check. */
const headersOf = ({ region }: S3Site): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=keelson/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`,
});

async function call(
  site: S3Site,
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const answer = await fetch(`${s3Url(site)}/${path}`, {
    method,
    headers: headersOf(site),
    ...(body === undefined ? {} : { body }),
  });
  if (answer.ok) return answer;
  const text = await answer.text();
  const code = /<Code>([^<]*)</.exec(text)?.[1] ?? String(answer.status);
  throw new S3Error(answer.status, code, `${method} ${path}: ${code}, ${/<Message>([^<]*)</.exec(text)?.[1] ?? ""}`);
}

const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** Made when it is missing, with versions kept, as the vault's own are. */
export async function ensureBucket(site: S3Site, bucket: string): Promise<void> {
  const place = `<LocationConstraint>${site.region}</LocationConstraint>`;
  const made = `<CreateBucketConfiguration ${XMLNS}>${place}</CreateBucketConfiguration>`;
  try {
    await call(site, "PUT", bucket, made);
  } catch (error) {
    if (error instanceof S3Error && error.code === "BucketAlreadyOwnedByYou") return;
    throw error;
  }
  const versions = `<VersioningConfiguration ${XMLNS}><Status>Enabled</Status></VersioningConfiguration>`;
  await call(site, "PUT", `${bucket}?versioning`, versions);
}

export interface S3Object {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

/** Every object below a prefix. */
export async function listObjects(site: S3Site, bucket: string, prefix = ""): Promise<readonly S3Object[]> {
  const found: S3Object[] = [];
  for (let token = ""; ;) {
    const page = token === "" ? "" : `&continuation-token=${encodeURIComponent(token)}`;
    const text = await (
      await call(site, "GET", `${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}${page}`)
    ).text();
    found.push(...[...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, inner = ""]) => objectIn(inner)));
    token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1] ?? "";
    if (token === "") return found;
  }
}

const objectIn = (xml: string): S3Object => ({
  key: plain(/<Key>(.*?)<\/Key>/s.exec(xml)?.[1] ?? ""),
  etag: plain(/<ETag>(.*?)<\/ETag>/s.exec(xml)?.[1] ?? "").replaceAll('"', ""),
  bytes: Number(/<Size>(\d+)</.exec(xml)?.[1] ?? 0),
});

const plain = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#34;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

const pathOf = (bucket: string, key: string): string => `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;

export const getObject = async (site: S3Site, bucket: string, key: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await call(site, "GET", pathOf(bucket, key))).arrayBuffer());

export const putObject = async (
  site: S3Site,
  bucket: string,
  key: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<void> => void (await call(site, "PUT", pathOf(bucket, key), body));

export interface Copied {
  readonly objects: number;
  readonly bytes: number;
}

export interface BucketAt {
  readonly site: S3Site;
  readonly bucket: string;
}

/** Copies what the other side lacks or has in another version. Says how much that was. */
export async function copyBucket(from: BucketAt, to: BucketAt): Promise<Copied> {
  const there = new Map((await listObjects(to.site, to.bucket)).map(({ key, etag }) => [key, etag]));
  const missing = (await listObjects(from.site, from.bucket)).filter(({ key, etag }) => there.get(key) !== etag);
  for (const { key } of missing) await putObject(to.site, to.bucket, key, await getObject(from.site, from.bucket, key));
  return { objects: missing.length, bytes: missing.reduce((sum, { bytes }) => sum + bytes, 0) };
}

export const deleteObject = async (site: S3Site, bucket: string, key: string): Promise<void> =>
  void (await call(site, "DELETE", pathOf(bucket, key)));

/** The region that a bucket is in, as the API says. */
export async function bucketRegion(site: S3Site, bucket: string): Promise<string> {
  const text = await (await call(site, "GET", `${bucket}?location`)).text();
  return />([a-z0-9-]+)<\/LocationConstraint>/.exec(text)?.[1] ?? "us-east-1";
}
