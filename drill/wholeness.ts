/** Whether a cluster and a state are what the program describes, and of the new region alone: judged on what they hold. Pure. */
import { type StateResource } from "../embedded/engine/state";
import { routeTable } from "../graph/derive/routes";
import { type Manifest, objectId } from "../graph/manifest";
import { type Graph } from "../graph/model";
import { type AnyPolicy } from "../graph/reach/evaluate";
import { servedPaths } from "../graph/route";
import { stackObjects } from "../stacks/objects";
import { meantReferences } from "../stacks/recovery-stack";
import { type Settings } from "../stacks/schema";
import { compared, type Line } from "./line";
import { reachability } from "./reachability";
import { type Holder, type Lost, references } from "./references";
import { unserved } from "./serving";

/** A stack as its program has it. */
export interface Declared {
  readonly graph: Graph;
  readonly settings: Settings;
}

/** Every object the program declares, whoever delivers it. */
export function presentLines({ graph, settings }: Declared, objects: readonly Manifest[]): readonly Line[] {
  const ids = new Set(objects.map(withoutVersion));
  const declared = stackObjects(graph, settings).map(({ manifest }) => manifest);
  const missing = declared.filter((manifest) => !ids.has(withoutVersion(manifest))).map(objectId);
  return [compared("real", `all ${declared.length} declared objects are in the new cluster`, missing, [])];
}

/** A server may keep another version of a group than the one written. */
const withoutVersion = (manifest: Manifest): string =>
  objectId({ ...manifest, apiVersion: manifest.apiVersion.replace(/\/?v[^/]*$/, "") });

const isPolicy = (manifest: Manifest): manifest is Manifest & AnyPolicy =>
  manifest.kind === "NetworkPolicy" || manifest.kind === "CiliumNetworkPolicy";

export function reachLines({ graph }: Declared, objects: readonly Manifest[]): readonly Line[] {
  const { pairs, shut, open } = reachability(graph, objects.filter(isPolicy));
  const what = `of ${pairs} connections judged`;
  return [
    compared("real", `every edge gets through the new cluster's policies, ${what}`, shut, []),
    compared("real", `nothing else does, ${what}`, open, []),
  ];
}

export function routeLines({ graph, settings }: Declared, objects: readonly Manifest[]): readonly Line[] {
  const paths = routeTable(graph).flatMap(({ route }) => servedPaths(route));
  const refused = objects
    .filter(({ kind, status }) => kind === "HTTPRoute" && /"status":"False"/.test(JSON.stringify(status ?? {})))
    .map(objectId);
  return [
    compared(
      "real",
      `each of ${paths.length} routes leads from the new gateway to pods that listen`,
      unserved(graph, settings.edge.host, objects),
      [],
    ),
    compared("modelled", "the gateway's controller refuses none of them", refused, []),
  ];
}

export interface Held {
  readonly resources: readonly StateResource[];
  readonly objects: readonly Manifest[];
  /** Of the stack whose region is lost. */
  readonly settings: Settings;
  readonly lost: Lost;
}

export function referenceLines({ resources, objects, settings, lost }: Held): readonly Line[] {
  const state = resources.map(({ urn, inputs, outputs }) => ({
    name: urn.split("::").slice(2).join(" "),
    value: { inputs, outputs },
  }));
  const cluster = objects.map((object) => ({ name: objectId(object), value: object }));
  const allowed = meantReferences(settings);
  const judged = (holders: readonly Holder[]) =>
    references(holders, lost, allowed).map(({ where, value }) => `${where} = ${value}`);
  const line = (what: string, found: readonly string[]): Line =>
    compared("real", `nothing of ${what} names ${lost.region}`, found.slice(0, 5), []);
  return [
    line(`${state.length} resources in the new state`, judged(state)),
    line(`${cluster.length} objects in the new cluster`, judged(cluster)),
  ];
}
