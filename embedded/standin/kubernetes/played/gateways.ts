/** When the played load balancer and DNS controllers act: on Gateways, routes and their class, with the statuses they write. */
import { Refused } from "../../provider";
import type { Properties } from "../../values";
import { KindMissing, referenceOf, type Live } from "../client";
import { at, items, record, textAt } from "../fields";
import { recordPlayed } from "../records";
import { synchronise } from "./dns";
import { CLASS, CONTROLLER_NAME, gatewayPlan, groupNames, hostsOf, idOf, merged, parentsOf } from "./gateway-plan";
import { routePlan } from "./gateway-plan";
import { balancerOf, ensureLoadBalancer, ensureRoute, LOAD_BALANCER_PLAYER } from "./load-balancer";
import { removeLoadBalancer, removeRoute } from "./load-balancer";
import type { Controller, Play } from "./play";
import { atSite } from "./site";

const GROUP = "gateway.networking.k8s.io/v1";
const AWS_GROUP = "gateway.k8s.aws/v1beta1";
const ROUTES = { apiVersion: GROUP, kind: "HTTPRoute" };
const GATEWAYS = { apiVersion: GROUP, kind: "Gateway" };
const CLASSES = { apiVersion: GROUP, kind: "GatewayClass" };
const CONFIGURATIONS = { apiVersion: AWS_GROUP, kind: "LoadBalancerConfiguration" };
const TARGETS = { apiVersion: AWS_GROUP, kind: "TargetGroupConfiguration" };

/** Reason of a condition where no cloud stands behind: nothing is claimed, and nothing waited for. */
export const NOT_PLAYED = "NotPlayed";

export const gatewayController: Controller = {
  kinds: ["Gateway"],
  applied: async (play, gateway) => (isOurs(gateway) ? reconcileGateway(play, gateway) : undefined),
  deleting: async (play, gateway) => (isOurs(gateway) ? drain(play, gateway) : undefined),
};

export const routeController: Controller = {
  kinds: ["HTTPRoute"],
  applied: async (play, route) => {
    for (const parent of parentsOf(route)) {
      const [namespace = "", name = ""] = parent.split("/");
      const gateway = await play.client.get({ ...GATEWAYS, namespace, name });
      if (gateway !== undefined && isOurs(gateway)) await attach(play, route, gateway);
    }
    await publish(play);
  },
  deleting: async (play, route) => {
    await atSite(play.endpoint, (site) => removeRoute(site, idOf(route)));
    await publish(play, idOf(route));
  },
};

let turn: Promise<void> = Promise.resolve();

/**
 * Records follow the routes of all Gateways that have a load balancer. One at a time: with a list that is older than
 * another's records, this would withdraw them.
 */
function publish(play: Play, leaving = ""): Promise<void> {
  const mine = turn.then(async () => {
    const routes = await play.client.list(ROUTES);
    await synchroniseAll(
      play,
      routes.filter((route) => idOf(route) !== leaving),
    );
  });
  turn = mine.catch(() => undefined);
  return mine;
}

async function synchroniseAll({ endpoint }: Play, routes: readonly Live[]): Promise<void> {
  await atSite(endpoint, (site) => {
    const wishes = routes.flatMap((route) =>
      parentsOf(route).flatMap((parent) => {
        const balancer = balancerOf(site, parent);
        return balancer === undefined ? [] : hostsOf(route).map((host) => ({ host, route: idOf(route), balancer }));
      }),
    );
    synchronise(site, wishes);
  });
}

export const classController: Controller = {
  kinds: ["GatewayClass"],
  applied: async ({ client }, live) => {
    if (textAt(live, "spec", "controllerName") !== CONTROLLER_NAME) return;
    await client.merge(referenceOf(live), { status: { conditions: [condition(live, "Accepted")] } }, "status");
  },
};

const isOurs = (gateway: Live): boolean => textAt(gateway, "spec", "gatewayClassName") === CLASS;

async function reconcileGateway(play: Play, gateway: Live): Promise<void> {
  const plan = gatewayPlan(gateway, await configurationOf(play, gateway));
  const routes = await play.client.list(ROUTES);
  const attached = routes.filter((route) => parentsOf(route).includes(plan.id));
  const hosts = attached.flatMap(hostsOf);
  const made = await attempt(() => atSite(play.endpoint, (site) => ensureLoadBalancer(site, plan, hosts).properties));
  await writeGatewayStatus(play, gateway, made);
  if (typeof made !== "object") return;
  for (const route of attached) await attach(play, route, gateway);
  await publish(play);
}

/** The class's configuration and the Gateway's own, put together. */
async function configurationOf({ client }: Play, gateway: Live): Promise<Properties> {
  const own = record(gateway, "spec", "infrastructure", "parametersRef");
  const home = textAt(gateway, "metadata", "namespace");
  const named = textAt(gateway, "spec", "gatewayClassName");
  const general = record(await client.get({ ...CLASSES, name: named }).catch(unlessMissing), "spec", "parametersRef");
  const read = async (reference: Properties): Promise<Properties> => {
    const [name, namespace] = [textAt(reference, "name"), textAt(reference, "namespace") || home];
    return name === "" ? {} : ((await client.get({ ...CONFIGURATIONS, name, namespace }).catch(unlessMissing)) ?? {});
  };
  return merged(await read(general), await read(own));
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof KindMissing)) throw error;
}

/** What the controller could not do it writes into the status; the Gateway is then not ready, with this reason. */
async function attempt(work: () => Promise<Properties | undefined>): Promise<Properties | string | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

async function writeGatewayStatus(
  { client }: Play,
  gateway: Live,
  made: Properties | string | undefined,
): Promise<void> {
  const programmed =
    made === undefined
      ? condition(gateway, "Programmed", NOT_PLAYED, "the stand-in cloud has no such cluster: no load balancer is made")
      : typeof made === "string"
        ? condition(gateway, "Programmed", "Invalid", made)
        : condition(gateway, "Programmed");
  const name = typeof made === "object" ? textAt(made, "dnsName") : "";
  const addresses = name === "" ? [] : [{ type: "Hostname", value: name }];
  const conditions = [condition(gateway, "Accepted"), programmed];
  await client.merge(referenceOf(gateway), { status: { addresses, conditions } }, "status");
  if (name !== "")
    recordPlayed({ played: LOAD_BALANCER_PLAYER, did: `load balancer ${name} of Gateway ${idOf(gateway)}` });
}

/** A condition that holds, or, given a message, one that does not. */
const condition = (of: Live, type: string, reason: string = type, message = ""): Properties => ({
  type,
  reason,
  message,
  status: message === "" ? "True" : "False",
  observedGeneration: at(of, "metadata", "generation") ?? 1,
  lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
});

async function attach(play: Play, route: Live, gateway: Live): Promise<void> {
  const configurations = (await play.client.list(TARGETS).catch(unlessMissing)) ?? [];
  const plan = routePlan(route, gateway, groupNames(configurations));
  const attached = await attempt(() =>
    atSite(play.endpoint, (site) => {
      const balancer = balancerOf(site, idOf(gateway));
      if (balancer !== undefined) ensureRoute(site, balancer, plan);
      return balancer?.properties ?? {};
    }),
  );
  await writeRouteStatus(play, route, idOf(gateway), attached);
}

async function writeRouteStatus(
  { client }: Play,
  route: Live,
  gateway: string,
  attached: Properties | string | undefined,
): Promise<void> {
  if (typeof attached === "object" && Object.keys(attached).length === 0) return; // the Gateway comes later
  const message = typeof attached === "string" ? attached : "";
  const accepted = condition(route, "Accepted", message === "" ? "Accepted" : "UnsupportedValue", message);
  const [namespace = "", name = ""] = gateway.split("/");
  const parentRef = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace, name };
  const others = items(route, "status", "parents").filter(
    (each) => textAt(each, "parentRef", "name") !== name || each["controllerName"] !== CONTROLLER_NAME,
  );
  const parents = [...others, { parentRef, controllerName: CONTROLLER_NAME, conditions: [accepted] }];
  await client.merge(referenceOf(route), { status: { parents } }, "status");
}

async function drain(play: Play, gateway: Live): Promise<void> {
  const id = idOf(gateway);
  await atSite(play.endpoint, (site) => {
    removeLoadBalancer(site, id);
  });
  await publish(play);
  recordPlayed({ played: LOAD_BALANCER_PLAYER, did: `drained and removed the load balancer of Gateway ${id}` });
}
