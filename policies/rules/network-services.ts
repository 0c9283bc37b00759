/** Services that open more than the cluster: ports of nodes, load balancers of their own. */
import { ALLOWED } from "../allowed";
import { annotation, namespaced, objects, texts } from "../admission/form";
import { isKind, type PolicyObject } from "../object";
import { decide, undecided, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";

const SERVICES = "https://kubernetes.io/docs/concepts/services-networking/service/";
const isService = (object: PolicyObject): boolean => isKind(object, "", "Service");
const isBalanced = ({ props }: PolicyObject): boolean => props.at("spec", "type").is("LoadBalancer");

/** The clouds' own ways of saying that a load balancer has no public address. */
const INTERNAL: Readonly<Record<string, readonly string[]>> = {
  "service.beta.kubernetes.io/aws-load-balancer-scheme": ["internal"],
  "service.beta.kubernetes.io/aws-load-balancer-internal": ["true", "0.0.0.0/0"],
  "service.beta.kubernetes.io/azure-load-balancer-internal": ["true"],
};

const isInternal = (annotations: Field): boolean =>
  Object.entries(INTERNAL).some(([name, words]) => words.includes(annotations.at(name).text ?? ""));

const BOUNDED = [
  `object.spec.?type.orValue("") != "LoadBalancer"`,
  ...Object.entries(INTERNAL).map(([name, words]) => `${annotation(name)}.orValue("") in ${texts(words)}`),
  "size(object.spec.?loadBalancerSourceRanges.orValue([])) > 0",
].join(" || ");

/** Said on purpose, be it everybody: what is left out is everybody too, and nobody decided it. */
function bounded(service: PolicyObject): readonly Finding[] {
  if (!isBalanced(service) || isInternal(service.props.at("metadata", "annotations"))) return [];
  const ranges = service.props.at("spec", "loadBalancerSourceRanges");
  return violatedIf(ranges.items.length === 0, ranges, "neither internal nor said from where it may be reached");
}

function atEdge(service: PolicyObject, stack: Stack): readonly Finding[] {
  if (!isBalanced(service)) return [];
  const type = service.props.at("spec", "type");
  const namespace = stack.namespace(service);
  if (namespace === undefined) return [undecided(type, "waits for its namespace, which is not known yet")];
  return ALLOWED.edgeNamespaces.includes(namespace)
    ? []
    : [violated(type, "a load balancer of its own, past the edge")];
}

export const NETWORK_SERVICE_RULES: readonly Rule[] = [
  {
    id: "network-no-node-port",
    category: "network",
    scope: "object",
    severity: "high",
    standards: ["nsa"],
    title: "No Service may open a port on every node or answer addresses of its own choosing.",
    why: "Node ports and external addresses are reachable past the Gateway and its TLS.",
    remedy: "use type ClusterIP behind the Gateway",
    link: `${SERVICES}#type-nodeport`,
    applies: isService,
    admission: objects(
      [namespaced("", "services")],
      `object.spec.?type.orValue("") != "NodePort" && size(object.spec.?externalIPs.orValue([])) == 0`,
    ),
    check: ({ props }) => [
      ...decide(() =>
        violatedIf(props.at("spec", "type").is("NodePort"), props.at("spec", "type"), "opens a port on every node"),
      ),
      ...decide(() =>
        violatedIf(
          props.at("spec", "externalIPs").items.length > 0,
          props.at("spec", "externalIPs"),
          "answers other addresses",
        ),
      ),
    ],
  },
  {
    id: "network-load-balancer-at-edge",
    category: "network",
    scope: "stack",
    severity: "high",
    standards: [],
    title: "Only the edge may have load balancers.",
    why: "A second way in is past the edge's TLS, its limits and its firewall.",
    remedy: "use type ClusterIP and a route, or name the namespace in edgeNamespaces of allowances.json",
    link: `${SERVICES}#loadbalancer`,
    applies: isService,
    check: atEdge,
  },
  {
    id: "network-load-balancer-bounded",
    category: "network",
    scope: "object",
    severity: "high",
    standards: [],
    title: "A Service with a load balancer must be internal, or say from where it may be reached.",
    why: "By default that is the whole internet, and nobody decided it.",
    remedy: "set the cloud's annotation for an internal load balancer, or spec.loadBalancerSourceRanges",
    link: `${SERVICES}#internal-load-balancer`,
    applies: isService,
    admission: objects([namespaced("", "services")], BOUNDED),
    check: bounded,
  },
];
