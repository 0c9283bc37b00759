/** Objects that carry an output of the cloud: the encrypted volume class, and the tie between firewall and load balancer. */
import { storageClassObject } from "../../components/data/storage-objects";
import { type Owned, pulumiOwned } from "../../components/delivery/owned";
import { type AwsEdgeCloud } from "../../components/edge/edge-cloud";
import { firewallObject } from "../../components/edge/gateway-objects";
import { type Key } from "../../components/keys/key";

export const cloudObjects = ({ webAclArn }: AwsEdgeCloud, volumeKey: Key): readonly Owned[] =>
  pulumiOwned([storageClassObject(volumeKey.arn), ...(webAclArn === undefined ? [] : [firewallObject(webAclArn)])]);
