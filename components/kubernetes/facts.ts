/**
 * What the objects of a stack depend on besides the graph: settings, as plain data. Stacks fill it; components read it. No
 * cloud output is in here, so nothing that is built from it alone can contain one.
 */
import { type Resources } from "../../graph/service";
import { type Duration, type Size } from "../../graph/units";
import { type Lock } from "../backup/plan";
import { type Scope } from "../names";

export interface Facts {
  readonly scope: Scope;
  /** Public host of all routes. */
  readonly host: string;
  /** Minor version of Kubernetes, such as `1.36`: Pod Security is pinned to it. */
  readonly kubernetes: string;
  /** Whether stateful things and the load balancer outlive a careless `down`. */
  readonly keep: boolean;
  readonly waf: boolean;
  readonly services: Readonly<Record<string, ServiceFacts>>;
  readonly stores: Readonly<Record<string, StoreFacts>>;
  readonly backup: BackupFacts;
  readonly vault: VaultFacts;
  readonly delivery: Delivery;
  /** Set where the stack stands in for a lost region. */
  readonly recovers?: RecoveryFacts | undefined;
}

export interface RecoveryFacts {
  /** The lost region. */
  readonly region: string;
  /** Whether the data is back. Until then nothing acts by itself. */
  readonly restored: boolean;
}

/** Whether Argo CD and the schedules rest, because the data is not back yet: they would recreate empty volumes first. */
export const isPassive = ({ recovers }: Pick<Facts, "recovers">): boolean => recovers?.restored === false;

export interface ServiceFacts {
  /** @default - a small public image that answers health checks */
  readonly image?: string | undefined;
  readonly scale?: { readonly min: number; readonly max: number; readonly cpu: number } | undefined;
  readonly resources?: Resources | undefined;
  readonly rollout: RolloutFacts;
}

export type RolloutFacts =
  | { readonly strategy: "rolling" }
  | {
      readonly strategy: "canary";
      /** Weights of the new version in percent, one after the other. */
      readonly weights: readonly number[];
      readonly pause: Duration;
      /** Share of answers below 500 under which the new version is withdrawn, in percent. */
      readonly success: number;
    }
  | { readonly strategy: "blueGreen"; readonly promote: "automatic" | "manual" };

export type StoreFacts =
  | { readonly flavour: "cloudnative-pg"; readonly instances: number; readonly disk: Size }
  | { readonly flavour: "valkey"; readonly replicas: number; readonly memory: Size }
  | { readonly flavour: "rds" | "elasticache" };

export interface BackupFacts {
  /** How long daily and weekly backups are kept. */
  readonly daily: Duration;
  readonly weekly: Duration;
  /** How long nobody can delete a backup. @default - no lock */
  readonly lock?: Lock;
  /** When a restore of the newest daily backup is tried, as a cron line in UTC. */
  readonly validate: string;
}

/** Where Velero keeps backups, in its own terms; known before anything exists. */
export interface VaultFacts {
  /** Velero's plugin. */
  readonly provider: "aws" | "azure";
  /** Bucket or container. */
  readonly bucket: string;
  /** What the plugin must be told. No secret. */
  readonly config: Readonly<Record<string, string>>;
  /** What the plugin reads from its surroundings. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
}

export type Delivery = { readonly by: "pulumi" } | ArgoCdFacts;

export interface ArgoCdFacts {
  readonly by: "argocd";
  readonly repository: {
    readonly url: string;
    readonly path: string;
    readonly revision: string;
    /** Who announces a push. With a host's name, `keelson:webhookCredential` is the secret it signs with. */
    readonly webhook: "none" | "github" | "gitlab";
  };
  readonly signOn: {
    readonly host: string;
    readonly issuer: string;
    readonly clientId: string;
    readonly admins: string;
  };
}

/** Whether any service takes over by weights or colours, which Argo Rollouts drives. */
export const usesRollouts = ({ services }: Facts): boolean =>
  Object.values(services).some(({ rollout }) => rollout.strategy !== "rolling");
