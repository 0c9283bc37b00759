/** Where in the stand-in cloud the played controllers work: the cluster behind the local control plane, and its network. */
import { withCloud, type Cloud } from "../../cloud";
import type { CloudObject } from "../../store";
import { reveal, type Properties, type Value } from "../../values";
import { record, textAt } from "../fields";

export interface Site {
  readonly cloud: Cloud;
  readonly cluster: string;
  readonly region: string;
  readonly vpcId: string;
}

const CLUSTER = "aws:eks/cluster:Cluster";

/** Works at the cluster with this endpoint. Undefined when the cloud has none: then nothing is played. */
export async function atSite<T>(endpoint: string, work: (site: Site) => T): Promise<T | undefined> {
  const file = process.env["KEELSON_CLOUD"];
  if (file === undefined || file === "") return undefined;
  return withCloud(file, (cloud) => {
    const [cluster] = cloud.objects(({ type, properties }) => type === CLUSTER && properties["endpoint"] === endpoint);
    return cluster === undefined ? undefined : work(siteOf(cloud, cluster));
  });
}

const siteOf = (cloud: Cloud, { region, properties }: CloudObject): Site => ({
  cloud,
  region,
  cluster: textAt(properties, "name"),
  vpcId: textAt(properties, "vpcConfig", "vpcId"),
});

export const tagsOf = ({ properties }: CloudObject): Properties => record(reveal(properties), "tags");

export const hasTag = (object: CloudObject, name: string, value: string): boolean => tagsOf(object)[name] === value;

/** In the cluster's own region, or in none: two regions may have objects of the same name. */
const isHere = (site: Site, { region }: CloudObject): boolean => region === site.region || region === "global";

/** What this controller made, with this tag. */
export function ownedBy(
  site: Site,
  owner: string,
  tag: readonly [name: string, value: string],
): readonly CloudObject[] {
  return site.cloud.objects(
    (object) => object.owner === owner && object.status === "live" && isHere(site, object) && hasTag(object, ...tag),
  );
}

/** The live object of that type and name, changed to these inputs, or a new one. */
export function ensure(site: Site, owner: string, wanted: Wanted): CloudObject {
  const { cloud, region } = site;
  const [existing] = cloud.objects(
    (one) => one.type === wanted.type && one.status === "live" && isHere(site, one) && isSame(one.properties, wanted),
  );
  return existing === undefined
    ? cloud.create(wanted.type, wanted.inputs, { region, owner })
    : cloud.update(keyOf(existing), wanted.inputs);
}

export interface Wanted {
  readonly type: string;
  readonly inputs: Properties;
  /** Properties that make it the same object. */
  readonly by: readonly string[];
}

const isSame = (properties: Properties, { inputs, by }: Wanted): boolean =>
  by.every((name) => JSON.stringify(properties[name]) === JSON.stringify(inputs[name]));

export const keyOf = ({ type, region, id }: CloudObject): string => `${type} ${region} ${id}`;

export const idsOf = (objects: readonly CloudObject[]): Value => objects.map(({ id }) => id);
