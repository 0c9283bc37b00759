/**
 * What the objects of a stack depend on besides the graph: settings, as plain data. Stacks fill it; components read it. No
 * cloud output is in here, so nothing that is built from it alone can contain one.
 */
import { type Resources } from "../../graph/service";
import { type Duration, type Size } from "../../graph/units";
import { type Lock } from "../backup/plan";
import { type LogFacts, type MonitoringFacts } from "../observability/facts";
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
  readonly edge: EdgeFacts;
  /** Where topics live. @default - nowhere */
  readonly broker?: BrokerFacts | undefined;
  /** @default - nothing is measured */
  readonly monitoring?: MonitoringFacts | undefined;
  /** Where pods of ours send the logs of all pods. @default - nowhere, or a part of the cloud's own sends them */
  readonly logs?: LogFacts | undefined;
  readonly services: Readonly<Record<string, ServiceFacts>>;
  readonly stores: Readonly<Record<string, StoreFacts>>;
  readonly backup: BackupFacts;
  readonly vault: VaultFacts;
  readonly archives: ArchivePlace;
  readonly delivery: Delivery;
  /** Set where the stack stands in for a lost region. */
  readonly recovers?: RecoveryFacts | undefined;
}

export interface RecoveryFacts {
  /** The lost region. */
  readonly region: string;
  /** Whether the data is back. Until then nothing acts by itself. */
  readonly restored: boolean;
  /** Where the copy of the lost region's backups is read. */
  readonly vault: Pick<VaultFacts, "provider" | "bucket" | "config">;
}

/** Whether Argo CD and the schedules rest, because the data is not back yet: they would recreate empty volumes first. */
export const isPassive = ({ recovers }: Pick<Facts, "recovers">): boolean => recovers?.restored === false;

export interface ServiceFacts {
  /** @default - a small public image that answers health checks */
  readonly image?: string | undefined;
  readonly scale?:
    | { readonly min: number; readonly max: number; readonly cpu: number; readonly memory?: number | undefined }
    | undefined;
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

export type StoreFacts = PostgresFacts | ValkeyFacts | { readonly flavour: ManagedFlavour };

/** What a cloud runs for us: by flavour alone no object of ours depends on it. */
export type ManagedFlavour = "rds" | "flexible-server" | "elasticache" | "managed-redis";

export interface PostgresFacts {
  readonly flavour: "cloudnative-pg";
  /** The primary and its replicas. */
  readonly instances: number;
  readonly disk: Size;
  /** Class of the volumes. @default - the cluster's default */
  readonly volumeClass?: string | undefined;
  /** PgBouncer in front of it. @default - clients connect directly */
  readonly pooler?: { readonly instances: number } | undefined;
  /** @default - no copy outside the cluster's volumes */
  readonly archive?: ArchiveFacts | undefined;
}

export interface ArchiveFacts {
  readonly retention: Duration;
  /** An archive takes one history: a store made anew writes under the next number. */
  readonly generation: number;
  /** The archive to recover from. @default - an empty database */
  readonly from?: { readonly region: string; readonly generation: number } | undefined;
}

/** Where stores in the cluster archive, in the plugin's own terms; known before anything exists. */
export interface ArchivePlace {
  /** The folder they write to. */
  readonly folder: string;
  /** The folder that the archives of another region are read from, by that region. */
  readonly origins: Readonly<Record<string, string>>;
  /** How the plugin signs in there: as the servers themselves, so no key is named. */
  readonly signIn: Readonly<Record<string, unknown>>;
  /** What tells the cloud who the servers are. @default - nothing: it knows them by their account's name */
  readonly marks?: {
    readonly podLabels: Readonly<Record<string, string>>;
    /** Variable that names their identity. Its value is an output, so a ConfigMap beside the store holds it. */
    readonly variable: string;
  };
}

export interface ValkeyFacts {
  readonly flavour: "valkey";
  readonly replicas: number;
  readonly memory: Size;
  /** Sentinel beside every member, data on disk, TLS. @default - a lost primary comes back empty */
  readonly failover?: { readonly disk: Size; readonly volumeClass?: string | undefined } | undefined;
}

export interface BrokerFacts {
  readonly flavour: "rabbitmq";
  readonly nodes: number;
  readonly disk: Size;
  /** Limit of each node; at two fifths of it publishers are held back. */
  readonly memory: Size;
  readonly volumeClass?: string | undefined;
}

export type EdgeFacts =
  | { readonly kind: "alb" }
  | {
      readonly kind: "kong";
      /** DNS zone of the host, in which certificates are proved. */
      readonly zone: string;
      readonly certificates: { readonly email: string; readonly server: string };
      readonly proof: DnsProof;
      readonly balancer: BalancerFacts;
    };

/** How a host name is proved in the zone, as cert-manager writes it. No secret: it holds an identity of the cloud. */
export type DnsProof =
  | { readonly route53: { readonly region: string } }
  | {
      readonly azureDNS: {
        readonly environment: "AzurePublicCloud";
        readonly subscriptionID: string;
        readonly resourceGroupName: string;
        readonly hostedZoneName: string;
      };
    };

/** What the cloud is told of the load balancer in front of Kong. */
export interface BalancerFacts {
  /** Who makes it. @default - the cluster itself */
  readonly class?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

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

/** Whether the cluster issues certificates of its own: for Kong, for whoever speaks TLS inside, for operators' webhooks. */
export const usesCertificates = (facts: Facts): boolean =>
  facts.edge.kind === "kong" || facts.monitoring !== undefined || speaksTlsInside(facts);

/** Whether stores or the broker need certificates from inside. Archives do, too: their plugin does not start without. */
export const speaksTlsInside = ({ stores, broker }: Pick<Facts, "stores" | "broker">): boolean =>
  broker !== undefined ||
  Object.values(stores).some(
    (store) =>
      (store.flavour === "valkey" && store.failover !== undefined) ||
      (store.flavour === "cloudnative-pg" && store.archive !== undefined),
  );

/** Whether any service takes over by weights or colours, which Argo Rollouts drives. */
export const usesRollouts = ({ services }: Facts): boolean =>
  Object.values(services).some(({ rollout }) => rollout.strategy !== "rolling");
