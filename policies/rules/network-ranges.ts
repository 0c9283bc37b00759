/** What a NetworkPolicy opens in numbers: address ranges and ports. And whether anybody enforces it at all. */
import { namespaced, objects, text } from "../admission/form";
import { holds, isOpen } from "../cidr";
import { companions, perStack } from "../joins";
import { selectorsOf, selectedPods, serviceSelector } from "../kubernetes/selector-index";
import { isKind, type PolicyObject } from "../object";
import { each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import { Field, plain } from "../value";
import { CHART } from "./charts";
import { cloudJoin } from "./cloud-rule";

const POLICIES = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";
const isPolicy = (object: PolicyObject): boolean => isKind(object, "networking.k8s.io", "NetworkPolicy");

const METADATA = ["169.254.169.254/32", "fd00:ec2::254/128"] as const;

function reachesMetadata(block: Field): readonly Finding[] {
  const cidr = block.at("cidr").text ?? "";
  const inside = METADATA.filter((address) => holds(cidr, address));
  const excepted = block.at("except").items.map((range) => range.text ?? "");
  const open = inside.filter((address) => !excepted.some((range) => holds(range, address)));
  return violatedIf(open.length > 0, block, `this range holds the metadata service, ${open.join(" and ")}`);
}

/** The same of a block `b`. An address is in one range that no exception takes it out of, or in none. */
const NO_METADATA = METADATA.map((range) => {
  const address = text(range.split("/")[0] ?? "");
  return `(!cidr(b.cidr).containsIP(${address}) || b.?except.orValue([]).exists(e, cidr(e).containsIP(${address})))`;
}).join(" && ");

const policies = [namespaced("networking.k8s.io", "networkpolicies")];

const rulesOf = ({ props }: PolicyObject): readonly Field[] => [
  ...props.at("spec", "ingress").items,
  ...props.at("spec", "egress").items,
];

const SERVICE = { group: "", kind: "Service", selector: serviceSelector };

/** The edge's own pods: those behind a Service with a load balancer of its own. */
const isBehindBalancer = (policy: PolicyObject, stack: Stack): boolean => {
  const pods = selectedPods(policy.props.at("spec", "podSelector"), stack.place(policy), stack);
  return (
    pods.length > 0 &&
    pods.every(({ owner, labels }) =>
      selectorsOf(owner, labels, stack, SERVICE).some(({ props }) => props.at("spec", "type").is("LoadBalancer")),
    )
  );
};

const openIngress = (policy: PolicyObject, stack: Stack): readonly Finding[] =>
  each(
    policy.props
      .at("spec", "ingress")
      .items.flatMap((rule) => rule.at("from").items.map((peer) => peer.at("ipBlock", "cidr"))),
    (cidr) =>
      violatedIf(isOpen(cidr.text) && !isBehindBalancer(policy, stack), cidr, "the internet is let in, past the edge"),
  );

const RANGE_RULES: readonly Rule[] = [
  {
    id: "network-no-metadata",
    category: "network",
    scope: "object",
    severity: "medium",
    standards: ["cis-eks"],
    title: "No pod may be let out to the metadata service of its node.",
    why: "It hands out the node's own credentials.",
    remedy: "add 169.254.169.254/32 to the except of the ipBlock, and fd00:ec2::254/128 for IPv6",
    link: "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
    applies: isPolicy,
    admission: objects(
      policies,
      `object.spec.?egress.orValue([]).all(r, r.?to.orValue([]).all(p, !has(p.ipBlock) || [p.ipBlock].all(b, ${NO_METADATA})))`,
    ),
    check: ({ props }) =>
      each(
        props.at("spec", "egress").items.flatMap((rule) => rule.at("to").items.map((peer) => peer.at("ipBlock"))),
        reachesMetadata,
      ),
  },
  {
    id: "network-ports-named",
    category: "network",
    scope: "object",
    severity: "medium",
    standards: ["nsa"],
    title: "Every rule of a NetworkPolicy must name its ports.",
    why: "Without ports a rule opens every port, the debugger's and the administrator's too.",
    remedy: "list the ports and protocols that are needed",
    link: POLICIES,
    applies: isPolicy,
    admission: objects(
      policies,
      ["ingress", "egress"]
        .map((side) => `object.spec.?${side}.orValue([]).all(r, size(r.?ports.orValue([])) > 0)`)
        .join(" && "),
    ),
    check: (policy) =>
      each(rulesOf(policy), (rule) =>
        violatedIf(rule.at("ports").items.length === 0, rule.at("ports"), "every port is open"),
      ),
  },
  {
    id: "network-no-internet-ingress",
    category: "network",
    scope: "stack",
    severity: "high",
    standards: ["nsa"],
    title: "Only pods behind a load balancer of their own may be reached from the internet.",
    why: "Everything else is reached through the edge, with its TLS and its limits.",
    remedy: "name the edge's subnets or pods as peers",
    link: POLICIES,
    applies: isPolicy,
    check: openIngress,
  },
];

const CLUSTER = "aws:eks/cluster:Cluster";
const ADDON = "aws:eks/addon:Addon";
const ENFORCING_CHARTS = /^(cilium|tigera-operator|calico|antrea|aws-vpc-cni)$/;

/** The VPC CNI's own settings, JSON in a text. */
function settings(cluster: PolicyObject, stack: Stack): Field | undefined {
  const naming = { types: [ADDON], property: "clusterName", names: [cluster.props.at("name")] };
  const addon = companions(cluster, stack, naming).found.find(({ props }) => props.at("addonName").is("vpc-cni"));
  const text = addon?.props.at("configurationValues");
  return text === undefined ? undefined : new Field(parsed(text.text ?? "{}"), text);
}

function parsed(text: string): ReturnType<typeof plain> {
  try {
    return plain(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const hasEnforcer = perStack((stack) =>
  stack
    .type(CHART)
    .some(({ props }) => props.at("chart").isKnown && ENFORCING_CHARTS.test(props.at("chart").text ?? "")),
);

function enforced(cluster: PolicyObject, stack: Stack): readonly Finding[] {
  if (hasEnforcer(stack)) return [];
  const at = cluster.props.at("kubernetesNetworkConfig");
  const values = settings(cluster, stack);
  if (values === undefined) return [violated(at, "no add-on vpc-cni with network policies, and no other enforcer")];
  const flag = values.at("enableNetworkPolicy").text;
  return violatedIf(flag !== "true", at, "its add-on vpc-cni does not enforce network policies");
}

function strict(cluster: PolicyObject, stack: Stack): readonly Finding[] {
  if (hasEnforcer(stack)) return [];
  const mode = settings(cluster, stack)?.at("env", "NETWORK_POLICY_ENFORCING_MODE");
  return violatedIf(
    mode?.text !== "strict",
    cluster.props.at("kubernetesNetworkConfig"),
    "pods are open until their policies are in place",
  );
}

const ENFORCING_RULES: readonly Rule[] = [
  cloudJoin(
    {
      id: "network-eks-enforced",
      types: [CLUSTER],
      severity: "critical",
      standards: ["cis-eks"],
      title: "An EKS cluster must enforce network policies.",
      why: "Without an enforcer the objects are accepted and nobody holds anybody to them.",
      remedy:
        'add the add-on vpc-cni with configurationValues { "enableNetworkPolicy": "true" }, or install Cilium or Calico',
      link: "https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html",
    },
    enforced,
    "network",
  ),
  cloudJoin(
    {
      id: "network-eks-strict",
      types: [CLUSTER],
      severity: "medium",
      standards: [],
      title: "A pod must be closed from its first packet on.",
      why: "In its default mode the VPC CNI allows everything until a pod's policies are in place.",
      remedy: 'set env.NETWORK_POLICY_ENFORCING_MODE: "strict" in the configurationValues of vpc-cni',
      link: "https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html",
    },
    strict,
    "network",
  ),
];

export const NETWORK_RANGE_RULES: readonly Rule[] = [...RANGE_RULES, ...ENFORCING_RULES];
