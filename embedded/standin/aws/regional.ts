/** What AWS has of regions, for whoever loses one. */
import { type PublicRecord, type Regional } from "../regional";
import { type CloudObject } from "../store";
import { LOAD_BALANCER, RECORD } from "./edge";
import { BACKUP_COPY } from "./rds";
import { zonesOf } from "./regions";

const BUCKET = "aws:s3/bucket:Bucket";
const CLUSTER = "aws:eks/cluster:Cluster";

export const awsRegional: Regional = {
  name: "AWS",
  zonesOf,
  copyRegion: (world, { copy }) => world.find(({ type, id }) => type === BUCKET && id === copy)?.region,
  keyUsable: (world, wanted) =>
    world.some(({ type, region }) => type === "aws:kms/replicaKey:ReplicaKey" && region === wanted),
  databaseCopies: (world, wanted) =>
    world
      .filter(({ type, region }) => type === BACKUP_COPY && region === wanted)
      .map(({ id, properties }) => ({
        id,
        source: String(properties["sourceDbInstanceArn"]),
        ownKey: properties["kmsKeyId"] !== undefined,
      })),
  probe: BUCKET,
  telling: /^aws:(kms\/key:Key|eks\/cluster:Cluster|lb\/loadBalancer:LoadBalancer|ec2\/vpc:Vpc)$/,
  records: (world) => world.filter(({ type, status }) => type === RECORD && status === "live").map(recordOf),
  clustersOf: (world, wanted) =>
    world
      .filter(({ type, region }) => type === CLUSTER && region === wanted)
      .map(({ properties }) => String(properties["name"])),
  balancers: (world) =>
    world
      .filter(({ type }) => type === LOAD_BALANCER)
      .map(({ region, properties }) => ({ region, answersAt: String(properties["dnsName"]) })),
};

const LEADING = ["A", "AAAA", "CNAME"];

/** Proofs for certificates begin with an underscore. */
function recordOf(object: CloudObject): PublicRecord {
  const { name, type, ttl, records, aliases } = object.properties;
  const plain = String(name).replace(/\.$/, "");
  return {
    object,
    name: plain,
    leads: LEADING.includes(String(type)) && !plain.startsWith("_"),
    ttl: ttl === undefined ? undefined : Number(ttl),
    says: JSON.stringify([records ?? [], aliases ?? []]),
  };
}
