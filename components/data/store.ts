/**
 * What the platform knows of a store that keeps data, wherever it lives: where to reach it under a name that survives a
 * move to another region, and one credential for each service with just that service's access.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../graph/landscape";
import { type Access, type Flavours, type StoreKind } from "../../graph/store";
import { type Duration } from "../../graph/units";
import { type Scope } from "../names";

export interface DataStore<K extends StoreKind = StoreKind> {
  readonly name: string;
  readonly kind: K;
  readonly flavour: Flavours[K];
  /** Stable private name: the same in every region, so that no manifest changes when a store is restored elsewhere. */
  readonly host: string;
  readonly port: number;
  /** Where its packets go, for network policies. */
  readonly place: Place;
  /** Whoever makes roles and schemas. Undefined where the cloud itself keeps users. */
  readonly admin: Credential | undefined;
  /** One for each service that was granted access, by service. */
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly backup: StoreBackup;
  /** Depend on all of it before the first client starts. */
  readonly ready: readonly pulumi.Resource[];
}

export interface Credential {
  readonly username: string;
  /** Secret from its birth. */
  readonly password: pulumi.Output<string>;
}

/** How a store comes back. */
export type StoreBackup =
  /** To any moment within `retention`; `regions` are those it can come back in. */
  | { readonly by: "point-in-time"; readonly retention: Duration; readonly regions: readonly string[] }
  /** To the last snapshot. */
  | { readonly by: "snapshots"; readonly retention: Duration; readonly regions: readonly string[] }
  /** Not at all: it can be filled again from other stores. */
  | { readonly by: "none" };

/** Access by service. */
export type Grants = Readonly<Record<string, Access>>;

/** Zone of the stores' private names: `shop-prod.internal`. */
export const privateZoneName = ({ system, stage }: Scope): string => `${system}-${stage}.internal`;

/** A store's stable private name: `orders.shop-prod.internal`. */
export const storeHost = (scope: Scope, store: string): string => `${store}.${privateZoneName(scope)}`;
