/** What the rest of the platform knows of a network, on any cloud: its ranges as data, its ids as outputs. */
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { type Tier } from "./plan";

export interface Subnet {
  readonly id: pulumi.Output<string>;
  readonly zone: string;
  readonly range: Cidr;
}

export interface Network {
  readonly id: pulumi.Output<string>;
  /** The whole range. */
  readonly range: Cidr;
  readonly zones: readonly string[];
  /** Subnets of a tier; of the data tier, those of one store. */
  subnets(tier: Tier, store?: string): readonly Subnet[];
  /** Ranges of the same subnets. Known before anything exists, so that policies can be derived from them. */
  ranges(tier: Tier, store?: string): readonly Cidr[];
  /** What must exist before a pod can reach anything outside: nodes wait for these. */
  readonly egress: readonly pulumi.Resource[];
  /** Public addresses that our requests come from, for the allow lists of externals. */
  readonly egressAddresses: readonly pulumi.Output<string>[];
}
