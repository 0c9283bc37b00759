/**
 * What a stack's cloud means to its graph and its objects, as data: one record, filled by each cloud in its own folder, so
 * that nothing above asks which cloud it is. Pure: no cloud is asked, no provider is loaded.
 */
import { type ArchivePlace, type EdgeFacts, type VaultFacts } from "../components/kubernetes/facts";
import { type NetworkPlan } from "../components/network/plan";
import { type NoPath, type RestorePath } from "../graph/derive/recovery";
import { type Manifest } from "../graph/manifest";
import { type Actor, type Cidr, type Dialect, type Landscape } from "../graph/landscape";
import { type Profile } from "../graph/route";
import { type Duration } from "../graph/units";

export interface Site {
  /** The network of the stack, divided. Each managed store has subnets of its own. */
  readonly network: NetworkPlan;
  /** Zones as the labels of the cluster's nodes name them. */
  readonly zones: readonly string[];
  /** How the cluster's network expresses policies. */
  readonly dialect: Dialect;
  /** Where pods have their addresses. */
  readonly pods: readonly Cidr[];
  /** Where requests enter, and what that entrance can do. */
  readonly edge: Landscape["edge"];
  /** What the entrance is made of. */
  readonly entrance: EdgeFacts;
  /** Which of the system's route tables is served. */
  readonly routes: Profile;
  /** What comes with the cluster, and the controllers of ours that talk to the cloud. */
  readonly actors: readonly Actor[];
  /** Where backups are kept. */
  readonly vault: VaultFacts;
  /** Where the copy of a lost region's backups is read from this stack's region. */
  lostVault(region: string): Pick<VaultFacts, "provider" | "bucket" | "config">;
  /** Where stores in the cluster archive. */
  readonly archives: ArchivePlace;
  /** Actors through which Velero gets to its backups, and servers to their archives. */
  readonly vaultReach: readonly string[];
  readonly account: Account;
  /** Where copies are from which a lost region comes back. */
  readonly copies: Copies;
  /** Objects of the edge and of archives that carry an output of the cloud, which is given: Pulumi registers them, whoever delivers the rest. */
  beside(output: unknown): readonly Manifest[];
}

export type Copies =
  | {
      /** The region that holds them. */
      readonly region: string;
      /** What is lost at most of a log that is archived as it is written. */
      readonly archives: Duration;
    }
  /** Why no region does; or that nothing must come back. */
  | { readonly none: RestorePath | NoPath };

/** The account a stack lives in, and what a team made there before its first deployment. */
export type Account =
  | {
      readonly provider: "aws";
      /** Twelve digits. */
      readonly id: string;
      /** Names of IAM roles. */
      readonly roles: readonly string[];
      /** Ids of hosted zones, by name. */
      readonly zones: Readonly<Record<string, string>>;
    }
  | {
      readonly provider: "azure";
      /** The subscription's id. */
      readonly id: string;
      readonly region: string;
      /** Resource groups of DNS zones, by the zone's name. */
      readonly zones: Readonly<Record<string, string>>;
    };
