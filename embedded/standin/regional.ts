/**
 * What a drill asks a stand-in cloud about regions, as one record for each cloud: where copies are, what has a name that
 * people know, which ids only one region has. Reads; whoever asks decides what to do.
 */
import { type CopiedBucket } from "../../stacks/recovery-site";
import { type Provider } from "../../stacks/schema";
import { awsRegional } from "./aws/regional";
import { azureRegional } from "./azure/regional";
import { type CloudObject } from "./store";

export type World = readonly CloudObject[];

export interface Regional {
  /** As people call it. */
  readonly name: string;
  /** What Velero's own plugin is replaced by on the way to the backups. @default - nothing: the real plugin asks an S3 API */
  readonly vaultStandIn?: string;
  /** Zones of a region, as settings name them. */
  zonesOf(region: string): readonly string[];
  /** Region in which a bucket's copy can be read; undefined when there is none. */
  copyRegion(world: World, bucket: CopiedBucket, wanted: string): string | undefined;
  /** Whether the copies' key can be used in a region. */
  keyUsable(world: World, region: string): boolean;
  /** Copied backups of managed databases in a region. */
  databaseCopies(world: World, region: string): readonly DatabaseCopy[];
  /** A type that lives in a region, to see whether the region answers. */
  readonly probe: string;
  /** Types whose ids no other region has. */
  readonly telling: RegExp;
  /** Public names, and where they lead. */
  records(world: World): readonly PublicRecord[];
  /** Names of a region's clusters, as their controllers sign what they own. */
  clustersOf(world: World, region: string): readonly string[];
  /** Load balancers of a region, by the host name or address that records hold. */
  balancers(world: World): readonly { readonly region: string; readonly answersAt: string }[];
}

export interface DatabaseCopy {
  readonly id: string;
  /** Ends with the physical name of the database. */
  readonly source: string;
  /** Whether it is under a key of ours, which can be used in another region. */
  readonly ownKey: boolean;
}

export interface PublicRecord {
  readonly object: CloudObject;
  /** The whole name, without a dot at its end. */
  readonly name: string;
  /** Whether clients ask for it; a proof of ownership is not asked for. */
  readonly leads: boolean;
  /** Seconds; undefined for an alias, which is not cached beyond what the cloud says. */
  readonly ttl: number | undefined;
  /** Everything it says, as text. */
  readonly says: string;
}

const CLOUDS: Readonly<Record<Provider, Regional>> = { aws: awsRegional, azure: azureRegional };

export const regionalOf = ({ provider }: { readonly provider: Provider }): Regional => CLOUDS[provider];
