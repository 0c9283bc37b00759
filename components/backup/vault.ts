/** What the platform knows of the place its backups are in, on any cloud. */
import type * as pulumi from "@pulumi/pulumi";
import { type Statement } from "../identity/statement";

export interface Vault {
  /** Physical name: deterministic, so that manifests carry it without waiting for the cloud. */
  readonly bucketName: string;
  readonly region: string;
  /** The copy in the recovery region, when there is one. */
  readonly copy: { readonly bucketName: string; readonly region: string } | undefined;
  /** Save, list, restore and expire backups. */
  writer(): readonly Statement[];
  /** List and restore only: what a validation or a recovery needs. */
  reader(): readonly Statement[];
  /** What must exist before the first backup. */
  readonly ready: readonly pulumi.Resource[];
}
