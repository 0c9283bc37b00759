/**
 * No object names another region than its own: what a recovery stack takes over from the primary one (an ARN, a host name, a
 * zone) works until the day it is needed. References that are meant stand in `allowances.json`.
 */
import { ALLOWED } from "../allowed";
import { perStack } from "../joins";
import { objectId, type PolicyObject } from "../object";
import { violated, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { matches } from "../waiver";

/** `eu-west-1`, also inside an ARN, a host name or a zone. */
const AWS_REGION =
  /(?<![a-z0-9])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov|-iso[a-z]?)?-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9](?![0-9])/g;

const known = (field: Field | undefined): string | undefined => (field?.isKnown === true ? field.text : undefined);

/** The region that a field names; a text that is none is not repeated in a message. */
const regionAt = (field: Field | undefined): string | undefined => known(field)?.match(AWS_REGION)?.[0];

/** A resource may say its own; else it is its provider's. */
const ownRegion = ({ props, provider, type }: PolicyObject): string | undefined =>
  type.startsWith("aws:") ? (regionAt(props.at("region")) ?? regionAt(provider?.props.at("region"))) : undefined;

/** The region of a stack's clusters, for what lives in them. Two clusters in two regions leave it open. */
const homeRegion = perStack((stack) => {
  const regions = new Set(stack.type("aws:eks/cluster:Cluster").map(ownRegion));
  return regions.size === 1 ? [...regions][0] : undefined;
});

interface Leaf {
  readonly at: Field;
  readonly text: string;
}

/** Every known text below a field, keys included: policies and labels carry names in them. */
function leaves(field: Field): readonly Leaf[] {
  if (!field.isKnown) return [];
  if (field.isList) return field.items.flatMap(leaves);
  if (field.isMap) return field.entries.flatMap(([, value]) => leaves(value));
  const { text } = field;
  return text === undefined ? [] : [{ at: field, text }];
}

/** Objects that are there to reach into the other region, and the property that names it. */
const BRIDGES: Readonly<Record<string, readonly string[]>> = {
  "aws:kms/replicaKey:ReplicaKey": ["primaryKeyArn"],
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ["rules"],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ["sourceDbInstanceArn"],
};

const isBridge = ({ type }: PolicyObject, { at }: Leaf): boolean =>
  BRIDGES[type]?.some((key) => at.path.startsWith(key)) === true;

const isMeant = (object: PolicyObject, region: string): boolean =>
  ALLOWED.regions.some((reference) => reference.region === region && matches(reference.object, objectId(object)));

function leaks(object: PolicyObject, stack: Stack): readonly Finding[] {
  const own = ownRegion(object) ?? homeRegion(stack);
  if (own === undefined) return [];
  return leaves(object.props).flatMap((leaf) => {
    const named = [...new Set(leaf.text.match(AWS_REGION) ?? [])].filter((region) => region !== own);
    if (isBridge(object, leaf)) return [];
    return named
      .filter((region) => !isMeant(object, region))
      .map((region) => violated(leaf.at, `names ${region}, but is of ${own}`));
  });
}

export const REGION_RULES: readonly Rule[] = [
  {
    id: "resilience-own-region",
    category: "resilience",
    scope: "stack",
    severity: "high",
    standards: [],
    title: "No object may name another region than its own.",
    why: "When that region is lost, this object is lost with it, and it was made to be what is left.",
    remedy: "name what is of its own region, or add the reference with its reason to regions of allowances.json",
    link: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/plan-for-disaster-recovery-dr.html",
    readsAll: true,
    applies: ({ type, apiVersion }) => type.startsWith("aws:") || apiVersion !== "",
    check: leaks,
  },
];
