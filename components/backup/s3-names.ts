/** Where archives are on AWS, by names that follow from settings: objects carry them without waiting for AWS. */
import { type ArchivePlace } from "../kubernetes/facts";
import { bucketName, type Scope } from "../names";

/** Bucket of a region's archives; an `S3Vault` makes it. */
export const archiveBucket = (scope: Scope): string => bucketName(scope, "archive");

/** Bucket that holds the copy of a region's archives; the `S3Vault` of that region makes it, in another one. */
export const archiveCopyBucket = (scope: Scope): string => bucketName(scope, "archive-copy");

/** Bucket that holds what another region archived: the copy, which outlives that region. */
export const originBucket = (scope: Scope, region: string): string =>
  region === scope.region ? archiveBucket(scope) : archiveCopyBucket({ ...scope, region });

const folder = (bucket: string): string => `s3://${bucket}/postgres`;

/** @param origins regions whose archives are read, from their copies unless they are the stack's own. */
export const s3Archives = (scope: Scope, origins: readonly string[]): ArchivePlace => ({
  folder: folder(archiveBucket(scope)),
  origins: Object.fromEntries(origins.map((region) => [region, folder(originBucket(scope, region))])),
  signIn: { s3Credentials: { inheritFromIAMRole: true } },
});
