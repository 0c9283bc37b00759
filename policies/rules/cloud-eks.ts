/** What an EKS cluster must have switched on, and off. */
import { ALLOWED } from "../allowed";
import { isOpen } from "../cidr";
import { decide, each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { wantsFalse } from "./checks";
import { cloudRule } from "./cloud-rule";

const CLUSTER = "aws:eks/cluster:Cluster";
const GUIDE = "https://docs.aws.amazon.com/eks/latest/best-practices/";
const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

/** Versions are `1.36`: the minor decides. */
const isSupported = (version: Field): boolean =>
  Number(version.text?.split(".")[1] ?? 0) >= Number(ALLOWED.kubernetes.split(".")[1]);

/** An absent flag means public to everybody; an absent list means 0.0.0.0/0. */
function endpoint(network: Field): readonly Finding[] {
  const [inside, outside, ranges] = [
    network.at("endpointPrivateAccess"),
    network.at("endpointPublicAccess"),
    network.at("publicAccessCidrs"),
  ];
  return [
    ...decide(() => violatedIf(!inside.is(true), inside, "the API server has no private endpoint")),
    ...decide(() => (outside.is(false) ? [] : publicRanges(ranges))),
  ];
}

const publicRanges = (ranges: Field): readonly Finding[] =>
  ranges.items.length === 0
    ? [violated(ranges, "the public endpoint is open to everybody")]
    : each(ranges.items, (range) =>
        violatedIf(isOpen(range.text), range, "the public endpoint is open to almost everybody"),
      );

const encryptsSecrets = (encryption: Field): boolean =>
  encryption.at("resources").items.some((resource) => resource.is("secrets"));

export const CLOUD_EKS_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-eks-endpoint",
      types: [CLUSTER],
      severity: "critical",
      standards: ["cis-eks"],
      title: "The API server must have a private endpoint, and a public one at most for named ranges.",
      why: "By default the whole internet may try credentials against the API server.",
      remedy:
        "set endpointPrivateAccess: true, and endpointPublicAccess: false or publicAccessCidrs to the narrowest ranges",
      link: "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
    },
    ({ props }) => endpoint(props.at("vpcConfig")),
  ),
  cloudRule(
    {
      id: "cloud-eks-secrets-encrypted",
      types: [CLUSTER],
      severity: "high",
      standards: ["cis-eks"],
      title: "Kubernetes Secrets must be encrypted with a key of ours.",
      why: "A copy of etcd's data alone then reveals no Secret.",
      remedy: 'set encryptionConfig with resources: ["secrets"] and the key',
      link: "https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html",
    },
    ({ props }) =>
      violatedIf(
        !encryptsSecrets(props.at("encryptionConfig")),
        props.at("encryptionConfig"),
        "Secrets are not encrypted with a key of ours",
      ),
  ),
  cloudRule(
    {
      id: "cloud-eks-logs",
      types: [CLUSTER],
      severity: "medium",
      standards: ["cis-eks"],
      title: "Every log of the control plane must be kept.",
      why: "Without the audit log nobody can say afterwards who did what.",
      remedy: `set enabledClusterLogTypes to ${LOGS.join(", ")}`,
      link: "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
    },
    ({ props }) => {
      const kept = props.at("enabledClusterLogTypes");
      return violatedIf(
        !LOGS.every((log) => kept.items.some((item) => item.is(log))),
        kept,
        `wants all ${LOGS.length} logs, got ${kept.shape}`,
      );
    },
  ),
  cloudRule(
    {
      id: "cloud-eks-access-entries",
      types: [CLUSTER],
      severity: "medium",
      standards: ["cis-eks"],
      title: "Who may use the cluster must be said in access entries only.",
      why: "The aws-auth ConfigMap can be changed from inside the cluster, past IAM.",
      remedy: "set accessConfig.authenticationMode: API",
      link: `${GUIDE}identity-and-access-management.html`,
    },
    ({ props }) => {
      const mode = props.at("accessConfig", "authenticationMode");
      return violatedIf(!mode.is("API"), mode, `wants "API", got ${mode.shape}`);
    },
  ),
  cloudRule(
    {
      id: "cloud-eks-version",
      types: [CLUSTER],
      severity: "medium",
      standards: ["cis-eks"],
      title: "The cluster must name a Kubernetes version that gets patches.",
      why: "A version past its support gets no fixes, and one that is not named changes under our feet.",
      remedy: `set version to ${ALLOWED.kubernetes} or later`,
      link: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
    },
    ({ props }) =>
      violatedIf(!isSupported(props.at("version")), props.at("version"), `wants ${ALLOWED.kubernetes} or later`),
  ),
  cloudRule(
    {
      id: "cloud-eks-no-creator-admin",
      types: [CLUSTER],
      severity: "medium",
      standards: ["cis-eks"],
      title: "Whoever creates the cluster must get no hidden rights in it.",
      why: "By default the creator is an administrator that no list of access entries shows.",
      remedy: "set accessConfig.bootstrapClusterCreatorAdminPermissions: false",
      link: "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
    },
    ({ props }) => wantsFalse(props.at("accessConfig", "bootstrapClusterCreatorAdminPermissions")),
  ),
  cloudRule(
    {
      id: "rbac-eks-cluster-admin",
      types: ["aws:eks/accessPolicyAssociation:AccessPolicyAssociation"],
      severity: "critical",
      standards: ["cis-eks"],
      title: "No access entry may make somebody an administrator of the cluster.",
      why: "One stolen session of that role would be the whole cluster.",
      remedy: "associate a narrower policy or scope; the role that deploys gets a waiver that names it",
      link: "https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html",
    },
    ({ props }) => {
      const policy = props.at("policyArn");
      return violatedIf(/ClusterAdminPolicy$/.test(policy.text ?? ""), policy, "this policy may do everything");
    },
    "rbac",
  ),
];
