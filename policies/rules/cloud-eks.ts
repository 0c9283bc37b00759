/** What an EKS cluster and its nodes must have switched on, and off. */
import { decide, each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { cloudRule } from "./cloud-rule";

const CLUSTER = "aws:eks/cluster:Cluster";
const GUIDE = "https://docs.aws.amazon.com/eks/latest/best-practices/";
const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

/** A range this wide is the internet in all but name. */
const NARROWEST_OPEN_PREFIX = 7;

const isWide = (range: Field): boolean => Number(range.text?.split("/")[1] ?? 0) <= NARROWEST_OPEN_PREFIX;

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
        violatedIf(isWide(range), range, "the public endpoint is open to almost everybody"),
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
      id: "cloud-nodes-metadata",
      types: ["aws:ec2/launchTemplate:LaunchTemplate"],
      severity: "high",
      standards: ["cis-eks", "cis-aws"],
      title: "The metadata service of nodes must demand session tokens.",
      why: "Without tokens, any request that a program can be tricked into reads the node's credentials.",
      remedy: 'set metadataOptions.httpTokens: "required"',
      link: `${GUIDE}identity-and-access-management.html`,
    },
    ({ props }) => {
      const tokens = props.at("metadataOptions", "httpTokens");
      return violatedIf(!tokens.is("required"), tokens, `wants "required", got ${tokens.shape}`);
    },
  ),
  cloudRule(
    {
      id: "cloud-nodes-no-ssh",
      types: ["aws:eks/nodeGroup:NodeGroup"],
      severity: "high",
      standards: ["cis-eks"],
      title: "Nodes must not take SSH.",
      why: "A shell on a node is past every control of the cluster, and in no audit log.",
      remedy: "remove remoteAccess; use Session Manager where a shell is needed",
      link: `${GUIDE}protecting-the-infrastructure.html`,
    },
    ({ props }) => violatedIf(props.at("remoteAccess").isSet, props.at("remoteAccess"), "nodes take SSH"),
  ),
];
