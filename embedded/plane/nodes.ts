/**
 * Owns the fake nodes kwok plays: how many, in which zones, how large. They exist so that the scheduler, topology spread
 * and disruption budgets work on what they would meet; no container runs on them.
 */

import type { Labels, Manifest } from "../../graph/manifest";
import type { ApiClient } from "./api";

export interface NodeShape {
  /** Such as `eu-central-1a`; a node's `topology.kubernetes.io/zone`. */
  readonly zones: readonly string[];
  /** Nodes in each zone. @default 2 */
  readonly perZone?: number;
  /** @default m6i.2xlarge */
  readonly instanceType?: string;
  /** Cores of one node, as Kubernetes writes it. @default 8 */
  readonly cpu?: string;
  /** @default 32Gi */
  readonly memory?: string;
  /** Pods one node takes. @default 110 */
  readonly pods?: number;
  /** More labels for every node. */
  readonly labels?: Labels;
}

const OWNED = { "keelson.dev/node": "fake" } as const;
const SELECTOR = "labelSelector=keelson.dev%2Fnode%3Dfake";

/** `eu-central-1` of `eu-central-1a`. */
export const regionOf = (zone: string): string => zone.replace(/-?[a-z]$/, "");

export const planNodes = (shape: NodeShape): readonly Manifest[] =>
  shape.zones.flatMap((zone) =>
    Array.from({ length: shape.perZone ?? 2 }, (_, index) => planNode(shape, zone, `node-${zone}-${index + 1}`)),
  );

function planNode(shape: NodeShape, zone: string, name: string): Manifest {
  const room = { cpu: shape.cpu ?? "8", memory: shape.memory ?? "32Gi", pods: String(shape.pods ?? 110) };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: nodeLabels(shape, zone, name), annotations: { "kwok.x-k8s.io/node": "fake" } },
    spec: { providerID: `keelson:///${zone}/${name}` },
    status: { capacity: room, allocatable: room },
  };
}

const nodeLabels = (shape: NodeShape, zone: string, name: string): Labels => ({
  ...shape.labels,
  ...OWNED,
  "kubernetes.io/arch": "amd64",
  "kubernetes.io/os": "linux",
  "kubernetes.io/hostname": name,
  "node.kubernetes.io/instance-type": shape.instanceType ?? "m6i.2xlarge",
  "topology.kubernetes.io/region": regionOf(zone),
  "topology.kubernetes.io/zone": zone,
});

/** Makes the server's fake nodes exactly those of the plan. */
export async function applyNodes(api: ApiClient, nodes: readonly Manifest[]): Promise<void> {
  const present = await fakeNodes(api);
  const wanted = new Set(nodes.map(({ metadata }) => metadata.name));
  const surplus = present.filter((name) => !wanted.has(name));
  await Promise.all(nodes.map((node) => api.apply(node, { fieldManager: "keelson-plane", force: true })));
  await Promise.all(surplus.map((name) => api.call({ method: "DELETE", path: `/api/v1/nodes/${name}` })));
}

async function fakeNodes(api: ApiClient): Promise<readonly string[]> {
  const list = (await api.call({ method: "GET", path: `/api/v1/nodes?${SELECTOR}` })) as { items: Manifest[] | null };
  return (list.items ?? []).map(({ metadata }) => metadata.name);
}
