/** The DNS zone of the public hosts: one that is there already, or one of ours, which is kept like data. */
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { type Children } from "../component";
import { globalArn, type Scope } from "../names";
import { keeps, type Protection, protectionOptions, RETAIN } from "../protection";

/** The DNS zone that the hosts lie in. */
export type ZoneChoice =
  /** A new zone: its name servers must be entered in the parent zone once, before certificates can be issued. */
  | { readonly mode: "create"; readonly name: string }
  /** A zone that exists already, by its id. */
  | { readonly mode: "adopt"; readonly name: string; readonly id: string };

export interface ZoneArgs {
  readonly scope: Scope;
  readonly zone: ZoneChoice;
  /** @default retain */
  readonly protection?: Protection;
}

export interface ZoneRef {
  readonly id: pulumi.Output<string> | string;
  readonly arn: pulumi.Output<string> | string;
}

/** A zone made anew gets other name servers, and whoever holds the old ones finds nothing: it is kept like data. */
export function createZone(child: Children, { scope, zone, protection = RETAIN }: ZoneArgs): ZoneRef {
  if (zone.mode === "adopt") return { id: zone.id, arn: globalArn(scope, "route53", `hostedzone/${zone.id}`, "") };
  const [id, options] = child("zone", protectionOptions(protection));
  const comment = `Public names of ${scope.system} ${scope.stage}`;
  const made = new route53.Zone(id, { name: zone.name, comment, forceDestroy: !keeps(protection) }, options);
  return { id: made.zoneId, arn: made.arn };
}
