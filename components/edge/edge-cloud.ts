/** What the platform knows of the cloud's half of an edge, whichever it is. */
import type * as pulumi from "@pulumi/pulumi";
import { type Identity } from "../cluster/cluster";

export interface EdgeCloud {
  /** What the controllers wait for. `certificates` where the cluster issues the public certificate itself. */
  readonly identities: {
    readonly dns: Identity;
    readonly certificates?: Identity;
  };
  /** What the Gateway waits for. */
  readonly ready: readonly pulumi.Resource[];
}

/** On AWS a controller of ours makes the load balancer, and a firewall may stand before it. */
export interface AwsEdgeCloud extends EdgeCloud {
  readonly identities: EdgeCloud["identities"] & { readonly loadBalancer: Identity };
  /** ARN of the firewall, for the load balancer's configuration. */
  readonly webAclArn: pulumi.Output<string> | undefined;
}
