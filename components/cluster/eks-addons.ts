/**
 * EKS add-ons, as AWS maintains them, each with an identity of its own where it needs one. Those of the nodes come with the
 * cluster; `PodAddons` come after the policies of their namespace: with policies enforced strictly a DNS server that may
 * not talk never becomes ready, and AWS would wait for it in vain.
 */
import * as eks from "@pulumi/aws/eks";
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { createRole, type Statement } from "../identity/statement";
import { type Key } from "../keys/key";
import { mandatoryTags, type Scope } from "../names";
import { type Cluster } from "./cluster";
import { type AddonName, addonConfiguration, POD_ADDONS } from "./eks-plan";
import { podTrust } from "./pod-identity";

/** Add-on versions, such as `{"vpc-cni": "v1.21.1-eksbuild.1"}`; one that is missing gets AWS's default. */
export type AddonVersions = Readonly<Partial<Record<AddonName, string>>>;

export interface AddonArgs {
  readonly scope: Scope;
  /** Physical name of the cluster, as data. */
  readonly cluster: string;
  /** The same as an output of the cluster. */
  readonly clusterId: pulumi.Input<string>;
  readonly versions: AddonVersions;
  readonly after?: readonly pulumi.Resource[];
}

/** Identity of an add-on: its service account in `kube-system`, and what it may do. */
export interface AddonIdentity {
  readonly serviceAccount: string;
  readonly managed?: readonly string[];
  readonly statements?: readonly Statement[];
}

export function createAddon(
  child: Children,
  args: AddonArgs,
  addonName: AddonName,
  identity?: AddonIdentity,
): eks.Addon {
  const granted = identity === undefined ? undefined : createAddonRole(child, args, addonName, identity);
  const dependsOn = [...(args.after ?? []), ...(granted?.ready ?? [])];
  const [id, options] = child(addonName, { dependsOn });
  const configurationValues = addonConfiguration(addonName, mandatoryTags(args.scope));
  const addonVersion = args.versions[addonName];
  const addon = {
    clusterName: args.clusterId,
    addonName,
    resolveConflictsOnCreate: "OVERWRITE",
    resolveConflictsOnUpdate: "OVERWRITE",
    ...(addonVersion === undefined ? {} : { addonVersion }),
    ...(configurationValues === undefined ? {} : { configurationValues }),
    ...(granted === undefined ? {} : { podIdentityAssociations: [granted.association] }),
  };
  return new eks.Addon(id, addon, options);
}

function createAddonRole(child: Children, args: AddonArgs, addon: AddonName, identity: AddonIdentity) {
  const account = { namespace: "kube-system", name: identity.serviceAccount };
  const { role, policies } = createRole(child, `${addon}-role`, args.scope, {
    ...podTrust(args.scope, args.cluster, account),
    description: `${addon} of ${args.cluster}`,
    managed: identity.managed ?? [],
    statements: identity.statements ?? [],
  });
  return { association: { roleArn: role.arn, serviceAccount: account.name }, ready: policies };
}

export interface PodAddonsArgs {
  readonly scope: Scope;
  readonly cluster: Cluster & { readonly id: pulumi.Output<string> };
  /** NetworkPolicies of `kube-system` that let these add-ons talk: to the Kubernetes API, to DNS upstream, to nodes. */
  readonly policies: readonly pulumi.Resource[];
  /** Encrypts persistent volumes: the storage driver may use this key and no other. */
  readonly volumeKey: Key;
  /** @default - AWS's default versions for the cluster's version */
  readonly versions?: AddonVersions;
}

/** DNS, volumes and metrics. Pods depend on `ready`; those with volumes cannot start before. */
export class PodAddons extends Component {
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PodAddonsArgs, options?: pulumi.ComponentResourceOptions) {
    super("cluster:PodAddons", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, cluster, versions = {}, volumeKey } = args;
    const after = [...cluster.ready, ...args.policies];
    const addon = { scope, cluster: cluster.name, clusterId: cluster.id, versions, after };
    this.ready = POD_ADDONS.map((each) => createAddon(child, addon, each, podAddonIdentity(each, volumeKey)));
    this.registerOutputs();
  }
}

/** Only the storage driver talks to AWS. */
const podAddonIdentity = (addon: AddonName, volumeKey: Key): AddonIdentity | undefined =>
  addon === "aws-ebs-csi-driver"
    ? {
        serviceAccount: "ebs-csi-controller-sa",
        managed: ["service-role/AmazonEBSCSIDriverPolicy"],
        statements: [volumeKey.use("ec2"), volumeKey.grant()],
      }
    : undefined;
