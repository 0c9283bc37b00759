/** Every custom resource that is judged through an adapter, by API group and kind. */
import { group, type PolicyObject } from "../../object";
import { unchecked, type Finding } from "../../rule";
import { type Adapter } from "./adapter";
import { CLOUDNATIVE_PG } from "./cloudnative-pg";
import { PROMETHEUS } from "./prometheus";
import { RABBITMQ } from "./rabbitmq";
import { STRIMZI } from "./strimzi";

const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  [...CLOUDNATIVE_PG, RABBITMQ, ...STRIMZI, ...PROMETHEUS].map((adapter) => [
    `${adapter.group}/${adapter.kind}`,
    adapter,
  ]),
);

export const adapterOf = (object: PolicyObject): Adapter | undefined =>
  object.apiVersion === "" ? undefined : ADAPTERS.get(`${group(object)}/${object.kind}`);

/**
 * What is left of a rule's findings on a custom resource: what it states and what it decides. Anything else is the operator's,
 * whose pods are not seen here.
 */
export function asFarAsStated(
  object: PolicyObject,
  adapter: Adapter,
  findings: readonly Finding[],
): readonly Finding[] {
  return findings.map((finding) => {
    if (finding.outcome !== "violated" || isDecided(object, adapter, finding)) return finding;
    return unchecked(finding, `is left to ${adapter.operator}, whose pods are not seen here`);
  });
}

function isDecided({ props }: PolicyObject, { decides }: Adapter, { path }: Finding): boolean {
  const field = props.locate(path);
  return !field.isKnown || field.isSet || decides.some((start) => path.startsWith(start));
}
