/** What the platform knows of the place its backups are in, on any cloud. */
import type * as pulumi from "@pulumi/pulumi";

/** `P` is a permission as its cloud writes them. */
export interface Vault<P = unknown> {
  /** Name of the bucket or container: deterministic, so that manifests carry it without waiting for the cloud. */
  readonly bucketName: string;
  readonly region: string;
  /** The copy in the recovery region, when there is one. */
  readonly copy: { readonly bucketName: string; readonly region: string } | undefined;
  /** Save, list, restore and expire backups. */
  writer(): readonly P[];
  /** List and restore only: what a validation or a recovery needs. */
  reader(): readonly P[];
  /** What must exist before the first backup. */
  readonly ready: readonly pulumi.Resource[];
}
