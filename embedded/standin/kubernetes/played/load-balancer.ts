/**
 * Plays the AWS Load Balancer Controller: what a Gateway of class `alb` and its routes stand for in the cloud (load
 * balancer, listeners, rules, target groups, security groups), and its removal, which is the drain. Refuses as the
 * controller would: no public subnets, no certificate for a host.
 */
import { CERTIFICATE, LISTENER, LOAD_BALANCER, TARGET_GROUP } from "../../aws/edge";
import { SECURITY_GROUP, SUBNET } from "../../aws/ec2";
import { Refused } from "../../provider";
import type { CloudObject } from "../../store";
import type { Properties, Value } from "../../values";
import { textAt, texts } from "../fields";
import { coversHost, type GatewayPlan, type ListenerPlan, type RoutePlan, type RulePlan } from "./gateway-plan";
import { ensure, hasTag, idsOf, keyOf, ownedBy, type Site } from "./site";

export const LOAD_BALANCER_PLAYER = "aws-load-balancer-controller";

const GATEWAY_TAG = "gateway.k8s.aws/stack";
const ROUTE_TAG = "gateway.k8s.aws/route";
const CLUSTER_TAG = "elbv2.k8s.aws/cluster";
const RULE = "aws:lb/listenerRule:ListenerRule";

/** Makes or changes the load balancer of a Gateway; `hosts` are those of its routes, for finding certificates. */
export function ensureLoadBalancer(site: Site, plan: GatewayPlan, hosts: readonly string[]): CloudObject {
  const tags = { ...plan.tags, [CLUSTER_TAG]: site.cluster, [GATEWAY_TAG]: plan.id };
  const groups = [...frontGroups(site, plan, tags), backGroup(site)];
  const inputs = {
    name: plan.name,
    internal: plan.internal,
    loadBalancerType: "application",
    enableDeletionProtection: plan.deletionProtection,
    subnets: idsOf(subnetsFor(site, plan)),
    securityGroups: idsOf(groups),
    tags,
  };
  const balancer = ensure(site, LOAD_BALANCER_PLAYER, { type: LOAD_BALANCER, inputs, by: ["name"] });
  for (const listener of plan.listeners) ensureListener(site, balancer, listener, [...hosts, listener.hostname]);
  if (plan.webAcl !== "") associate(site, balancer, plan.webAcl);
  return balancer;
}

function subnetsFor(site: Site, { internal }: GatewayPlan): readonly CloudObject[] {
  const tag = internal ? "kubernetes.io/role/internal-elb" : "kubernetes.io/role/elb";
  const found = site.cloud.objects(
    (object) =>
      object.type === SUBNET &&
      object.region === site.region &&
      object.properties["vpcId"] === site.vpcId &&
      hasTag(object, tag, "1"),
  );
  if (found.length < 2)
    throw new Refused(`couldn't auto-discover subnets: ${found.length} in ${site.vpcId} have the tag ${tag}=1, want 2`);
  return found;
}

/** Named groups are found by id or `Name` tag, as in the configuration object. */
function frontGroups(site: Site, plan: GatewayPlan, tags: Properties): readonly CloudObject[] {
  if (plan.securityGroups.length === 0) return [ownGroup(site, `${plan.name}-front`, tags)];
  return plan.securityGroups.map((named) => {
    const [found] = site.cloud.objects(
      (object) =>
        object.type === SECURITY_GROUP &&
        object.region === site.region &&
        (object.id === named || hasTag(object, "Name", named)),
    );
    if (found === undefined) throw new Refused(`couldn't find security group ${named}`);
    return found;
  });
}

const backGroup = (site: Site): CloudObject =>
  ownGroup(site, `k8s-traffic-${site.cluster}`, { [CLUSTER_TAG]: site.cluster });

function ownGroup(site: Site, name: string, tags: Properties): CloudObject {
  const inputs = { name, description: "[k8s] Managed SecurityGroup for LoadBalancer", vpcId: site.vpcId, tags };
  return ensure(site, LOAD_BALANCER_PLAYER, { type: SECURITY_GROUP, inputs, by: ["name", "vpcId"] });
}

function ensureListener(site: Site, balancer: CloudObject, plan: ListenerPlan, hosts: readonly string[]): void {
  const tls: Properties =
    plan.protocol === "HTTPS" ? { certificateArn: certificateFor(site, hosts), sslPolicy: plan.sslPolicy } : {};
  const answer: Value = [{ type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } }];
  const place = { loadBalancerArn: balancer.id, port: plan.port, protocol: plan.protocol };
  const inputs = { ...place, defaultActions: answer, ...tls };
  ensure(site, LOAD_BALANCER_PLAYER, { type: LISTENER, inputs, by: ["loadBalancerArn", "port"] });
}

function certificateFor(site: Site, hosts: readonly string[]): string {
  const wanted = hosts.filter((host) => host !== "");
  const [found] = site.cloud.objects(
    ({ type, region, properties }) =>
      type === CERTIFICATE &&
      region === site.region &&
      [textAt(properties, "domainName"), ...texts(properties, "subjectAlternativeNames")].some((name) =>
        wanted.some((host) => coversHost(name, host)),
      ),
  );
  if (found === undefined) throw new Refused(`no certificate found for host: ${wanted.join(", ") || "(none given)"}`);
  return found.id;
}

function associate(site: Site, balancer: CloudObject, webAclArn: string): void {
  const inputs = { resourceArn: balancer.id, webAclArn };
  const type = "aws:wafv2/webAclAssociation:WebAclAssociation";
  ensure(site, LOAD_BALANCER_PLAYER, { type, inputs, by: ["resourceArn"] });
}

/** Target groups of a route's backends, and a rule on each of its listeners for each of its rules. */
export function ensureRoute(site: Site, balancer: CloudObject, plan: RoutePlan): void {
  const kept = new Set(plan.rules.flatMap(({ targets }) => targets.map(({ name }) => name)));
  removeRules(site, plan.id);
  for (const rule of plan.rules) addRule(site, balancer, plan, rule);
  for (const group of routeObjects(site, plan.id, TARGET_GROUP))
    if (!kept.has(textAt(group.properties, "name"))) site.cloud.remove(keyOf(group));
}

function addRule(site: Site, balancer: CloudObject, plan: RoutePlan, rule: RulePlan): void {
  const tags = { [CLUSTER_TAG]: site.cluster, [ROUTE_TAG]: plan.id };
  const groups = rule.targets.map(({ name, port }) => {
    const inputs = { name, port, protocol: "HTTP", targetType: "ip", vpcId: site.vpcId, tags };
    return ensure(site, LOAD_BALANCER_PLAYER, { type: TARGET_GROUP, inputs, by: ["name"] });
  });
  const forwards = groups.map(({ id }): Value => ({ type: "forward", targetGroupArn: id }));
  const actions = forwards.length > 0 ? forwards : [{ type: rule.answer }];
  const conditions = plan.hosts.length === 0 ? [] : [{ hostHeader: { values: plan.hosts } }];
  for (const listener of listenersOf(site, balancer)) {
    if (!plan.ports.includes(Number(listener.properties["port"]))) continue;
    const inputs = { listenerArn: listener.id, priority: nextPriority(site, listener), actions, conditions, tags };
    site.cloud.create(RULE, inputs, { region: site.region, owner: LOAD_BALANCER_PLAYER });
  }
}

const listenersOf = (site: Site, balancer: CloudObject): readonly CloudObject[] =>
  site.cloud.objects(({ type, properties }) => type === LISTENER && properties["loadBalancerArn"] === balancer.id);

function nextPriority(site: Site, listener: CloudObject): number {
  const rules = site.cloud.objects(
    ({ type, properties }) => type === RULE && properties["listenerArn"] === listener.id,
  );
  return 1 + Math.max(0, ...rules.map(({ properties }) => Number(properties["priority"])));
}

const routeObjects = (site: Site, route: string, type: string): readonly CloudObject[] =>
  ownedBy(site, LOAD_BALANCER_PLAYER, [ROUTE_TAG, route]).filter((object) => object.type === type);

function removeRules(site: Site, route: string): void {
  for (const rule of routeObjects(site, route, RULE)) site.cloud.remove(keyOf(rule));
}

export function removeRoute(site: Site, route: string): void {
  removeRules(site, route);
  for (const group of routeObjects(site, route, TARGET_GROUP)) site.cloud.remove(keyOf(group));
}

export const balancerOf = (site: Site, gateway: string): CloudObject | undefined =>
  ownedBy(site, LOAD_BALANCER_PLAYER, [GATEWAY_TAG, gateway]).find(({ type }) => type === LOAD_BALANCER);

/** The drain: the load balancer first, then what it used; the shared group goes with the last load balancer. */
export function removeLoadBalancer(site: Site, gateway: string): void {
  const own = ownedBy(site, LOAD_BALANCER_PLAYER, [GATEWAY_TAG, gateway]);
  const order = [LOAD_BALANCER, SECURITY_GROUP];
  for (const type of order) for (const object of own) if (object.type === type) site.cloud.remove(keyOf(object));
  const all = ownedBy(site, LOAD_BALANCER_PLAYER, [CLUSTER_TAG, site.cluster]);
  if (all.some(({ type }) => type === LOAD_BALANCER)) return;
  for (const { type, ...group } of all) if (type === SECURITY_GROUP) site.cloud.remove(keyOf({ type, ...group }));
}
