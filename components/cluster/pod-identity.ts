/**
 * A cloud identity for one service account, by EKS Pod Identity: a role that only this account of this cluster can get,
 * and the association that hands it out. No annotation, no OIDC provider, nothing of it in a manifest.
 */
import * as eks from "@pulumi/aws/eks";
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { createRole, type RoleWithPolicies, type Statement } from "../identity/statement";
import { arn, type Scope } from "../names";
import { type Identity, type ServiceAccountRef, UNMARKED } from "./cluster";

/** Trust of a role that pods of this stack's account may get. Session tags are what Pod Identity adds for audit. */
export const podTrust = (scope: Scope, cluster: string, account: ServiceAccountRef) => ({
  service: "pods.eks.amazonaws.com",
  trust: ["sts:AssumeRole", "sts:TagSession"],
  trustedWhen: {
    StringEquals: {
      "aws:SourceAccount": scope.account,
      "aws:RequestTag/eks-cluster-arn": arn(scope, "eks", `cluster/${cluster}`),
      "aws:RequestTag/kubernetes-namespace": account.namespace,
      "aws:RequestTag/kubernetes-service-account": account.name,
    },
  },
});

export interface PodIdentityArgs {
  readonly scope: Scope;
  /** Physical name of the cluster, as data: the trust is bound to it. */
  readonly cluster: string;
  /** The same name as an output of the cluster, so that the association waits for it. */
  readonly clusterId: pulumi.Input<string>;
  readonly account: ServiceAccountRef;
  readonly statements: readonly Statement[];
}

export class PodIdentity extends Component implements Identity {
  readonly account: ServiceAccountRef;
  readonly marks = UNMARKED;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PodIdentityArgs, options?: pulumi.ComponentResourceOptions) {
    super("cluster:PodIdentity", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const role = createRole(child, "role", args.scope, describe(args));
    this.account = args.account;
    this.ready = [createAssociation(child, args, role), ...role.policies];
    this.registerOutputs({ roleArn: role.role.arn });
  }
}

const describe = ({ scope, cluster, account, statements }: PodIdentityArgs) => ({
  ...podTrust(scope, cluster, account),
  description: `${account.namespace}/${account.name} in ${cluster}`,
  statements,
});

function createAssociation(child: Children, args: PodIdentityArgs, { role }: RoleWithPolicies): pulumi.Resource {
  const [id, options] = child("association");
  const { namespace, name } = args.account;
  const where = { clusterName: args.clusterId, namespace, serviceAccount: name };
  return new eks.PodIdentityAssociation(id, { ...where, roleArn: role.arn }, options);
}
