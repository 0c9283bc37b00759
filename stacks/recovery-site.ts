/**
 * What a cloud does for a stack whose region is lost, as data: one record, filled by each cloud in its own folder, so that
 * neither the recovery stack nor the drill asks which cloud it is. Pure.
 */
import { type Raw } from "./settings";

export interface RecoverySite {
  /** Buckets that are copied there, with what the copy is called. Containers on Azure, with their account before them. */
  readonly copied: readonly CopiedBucket[];
  /** Names of the managed databases, by store, as their cloud has them; their copied backups are found by them. */
  readonly databases: Readonly<Record<string, string>>;
  /** Where the stack that stands in names the lost region on purpose; everywhere else it must not. */
  readonly meant: readonly MeantReference[];
  /** What differs in the stack that stands in: the cloud's own settings, the backups', and what it recovers. */
  there(region: string, loss: Loss): Raw;
  /** What makes the stack's copies go to this region. */
  copiedTo(region: string): Raw;
}

/** A reference to the lost region that is meant: where it stands and what it says. */
export interface MeantReference {
  readonly where: RegExp;
  readonly value: RegExp;
  readonly because: string;
}

export interface CopiedBucket {
  readonly holds: "backups" | "archive";
  readonly bucket: string;
  readonly copy: string;
  /** Where the cloud answers for the copy. */
  readonly url: string;
}

/** What is only known once a region is lost. */
export interface Loss {
  /** Three zones of the region that stands in. */
  readonly zones: readonly string[];
  /** Automated backups of the managed databases there, by store. */
  readonly databases: Readonly<Record<string, string>>;
  /** Whether the data is back: then Argo CD and the schedules begin to act. */
  readonly restored: boolean;
}
