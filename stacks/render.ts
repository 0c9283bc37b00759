/**
 * Every Kubernetes object of a stack as YAML, one per file, in a folder per application: what Argo CD applies, and what a
 * person may read or `kubectl apply`. Byte-stable. Left out are Secrets and the one object with an ARN: no file holds a
 * value that only the cloud or the vault knows. The folder `platform` is Pulumi's: no application points there.
 */
import { stringify } from "yaml";
import { type Owned, PLATFORM_APP } from "../components/delivery/owned";
import { type Manifest } from "../graph/manifest";
import { type Graph } from "../graph/model";
import { stackObjects } from "./objects";
import { type Settings } from "./schema";

export interface RenderedFile {
  /** Relative, with forward slashes: `order/deployment-order.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** Files in the order of their paths. */
export const renderStack = (graph: Graph, settings: Settings): readonly RenderedFile[] =>
  stackObjects(graph, settings)
    .filter(({ manifest }) => manifest.kind !== "Secret")
    .map(fileOf)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));

/** What Argo CD applies: the folders its applications point to. Nothing where Pulumi delivers. */
export const deliveredFiles = (graph: Graph, settings: Settings): readonly RenderedFile[] =>
  settings.delivery.by === "pulumi" ? [] : renderStack(graph, settings).filter(({ path }) => !isPlatform(path));

const isPlatform = (path: string): boolean => path.startsWith(`${PLATFORM_APP}/`);

const fileOf = ({ app, manifest }: Owned): RenderedFile => ({
  path: `${app}/${fileName(manifest, app)}.yaml`,
  text: toYaml(manifest),
});

/** Several namespaces meet in the platform's folder, so its files name them. */
const fileName = ({ kind, metadata: { name, namespace } }: Manifest, app: string): string =>
  [kind.toLowerCase(), ...(app === PLATFORM_APP && namespace !== undefined ? [namespace] : []), name].join("-");

const HEAD = ["apiVersion", "kind", "metadata", "spec"];

/** Keys in alphabetical order, apart from the head every reader expects first. */
export const toYaml = (manifest: Manifest): string =>
  stringify(manifest, { sortMapEntries: byKey, lineWidth: 0, aliasDuplicateObjects: false });

const byKey = (a: { readonly key: unknown }, b: { readonly key: unknown }): number => {
  const [left, right] = [rank(keyOf(a.key)), rank(keyOf(b.key))];
  return left === right ? 0 : left < right ? -1 : 1;
};

const rank = (key: string): string => (HEAD.includes(key) ? String(HEAD.indexOf(key)) : `~${key}`);

const keyOf = (key: unknown): string =>
  typeof key === "object" && key !== null && "value" in key ? String(key.value) : String(key);
