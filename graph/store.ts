/**
 * Stores as typed handles. A handle says what kind of data a service keeps; where it lives (managed or in the cluster)
 * is the stack's choice. A service gets at it only through a capability: `orders.readWrite()`.
 */
import { CallSite } from "./call-site";
import { type Duration } from "./units";

export type StoreKind = keyof Flavours;

/** The flavours a stack may choose for each kind of store. */
export interface Flavours {
  readonly postgres: "rds" | "flexible-server" | "cloudnative-pg";
  readonly redis: "elasticache" | "managed-redis" | "valkey";
}

export type Access = "read" | "readWrite";

/** What a store lends: this store, with just this access. */
export interface StoreCapability<N extends string = string, K extends StoreKind = StoreKind> {
  readonly lends: "store";
  readonly store: Store<N, K>;
  readonly access: Access;
  readonly site: CallSite;
}

export interface StoreArgs {
  /** What is kept there, for people: shown in the graph and in backup reports. */
  readonly keeps: string;
  /** Data that may be lost at most when a region is lost. Zero is not on offer: copies between regions lag. */
  readonly rpo: Duration;
  /** Time within which the store must serve again in the recovery region. */
  readonly rto: Duration;
  /**
   * What a lost store means. `"state"` must be restored; `"cache"` may be rebuilt from other stores and is not backed up.
   * @default "state"
   */
  readonly holds?: "state" | "cache";
}

export class Store<N extends string = string, K extends StoreKind = StoreKind> {
  constructor(
    readonly kind: K,
    readonly name: N,
    readonly args: StoreArgs,
  ) {}

  /** Reads only: replicas are allowed to answer. */
  read(): StoreCapability<N, K> {
    return { lends: "store", store: this, access: "read", site: new CallSite() };
  }

  /** Reads and writes this store's data; never its schema owner's or another service's rights. */
  readWrite(): StoreCapability<N, K> {
    return { lends: "store", store: this, access: "readWrite", site: new CallSite() };
  }
}

/** A PostgreSQL database. */
export const postgres = <const N extends string>(name: N, args: StoreArgs): Store<N, "postgres"> =>
  new Store("postgres", name, args);

/** A Redis-protocol store: Valkey, the maintained BSD-licensed line, wherever the cloud's own service is not Redis itself. */
export const redis = <const N extends string>(name: N, args: StoreArgs): Store<N, "redis"> =>
  new Store("redis", name, args);

/** The port each kind of store listens on, unless its placement says otherwise. */
export const STORE_PORTS = { postgres: 5432, redis: 6379 } as const satisfies Record<StoreKind, number>;
