/** Everything that an API server keeps, as it keeps it. */
import { type ApiClient } from "../embedded/plane/api";
import { type Manifest } from "../graph/manifest";

interface Resource {
  readonly name: string;
  readonly verbs: readonly string[];
}

interface Group {
  readonly preferredVersion: { readonly groupVersion: string };
  readonly versions: readonly { readonly groupVersion: string }[];
}

/** Every object that the server keeps, of every kind, in the version that it prefers of those that have the kind. */
export async function everything(api: ApiClient): Promise<readonly Manifest[]> {
  const { groups } = (await api.call({ method: "GET", path: "/apis" })) as { groups: readonly Group[] };
  const lists = await Promise.all([allOf(api, ["/api/v1"]), ...groups.map((group) => allOf(api, rootsOf(group)))]);
  return lists.flat();
}

/** The preferred version first. */
const rootsOf = ({ preferredVersion, versions }: Group): readonly string[] => [
  ...new Set([preferredVersion, ...versions].map(({ groupVersion }) => `/apis/${groupVersion}`)),
];

async function allOf(api: ApiClient, roots: readonly string[]): Promise<readonly Manifest[]> {
  const served = await Promise.all(
    roots.map(async (root) => {
      const { resources } = (await api.call({ method: "GET", path: root })) as { resources: readonly Resource[] };
      return resources.filter(isKept).map(({ name }) => [name, `${root}/${name}`] as const);
    }),
  );
  const paths = new Map(served.toReversed().flat());
  return (await Promise.all([...paths.values()].map((path) => listed(api, path)))).flat();
}

const isKept = ({ name, verbs }: Resource): boolean =>
  !name.includes("/") && verbs.includes("list") && !SKIPPED.includes(name);

/** Definitions are the same everywhere and large; the others are the cluster's own notes. */
const SKIPPED = [
  "customresourcedefinitions",
  "events",
  "leases",
  "flowschemas",
  "prioritylevelconfigurations",
  "apiservices",
];

async function listed(api: ApiClient, path: string): Promise<readonly Manifest[]> {
  const answer = (await api.call({ method: "GET", path })) as { apiVersion: string; kind: string; items?: Manifest[] };
  const kind = answer.kind.replace(/List$/, "");
  return (answer.items ?? []).map((item) => ({ ...item, apiVersion: answer.apiVersion, kind }));
}
