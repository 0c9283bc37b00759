/** Why an object has no verdict: the closed world lists what no rule judges, with the reason, instead of skipping it. */
import { adapterOf } from "./kubernetes/adapters/all";
import { group, isKind, isType, type PolicyObject } from "./object";
import { CHART, RELEASE } from "./rules/charts";
import { ENFORCE } from "./rules/namespaces";
import { cluster } from "./stack";
import type { Field } from "./value";

/** Custom resources from which an operator makes pods, and which have no adapter: nothing of the pods stands in them. */
const OPERATED: Readonly<Record<string, readonly string[]>> = {
  "kafka.strimzi.io": ["KafkaBridge", "KafkaMirrorMaker2"],
  "monitoring.coreos.com": ["PrometheusAgent", "ThanosRuler"],
  "velero.io": ["DataUpload", "DataDownload"],
};

/** Which Pod Security level each namespace enforces, by cluster and name. */
export type Levels = ReadonlyMap<string, string>;

export const levelsOf = (objects: Iterable<PolicyObject>): Levels =>
  new Map(
    [...objects]
      .filter((object) => isKind(object, "", "Namespace"))
      .map((namespace) => [
        `${cluster(namespace)} ${namespace.name}`,
        textOf(namespace.props.at("metadata", "labels", ENFORCE)),
      ]),
  );

const textOf = (field: Field): string => (field.isKnown ? (field.text ?? "none") : "one that is not known yet");

/** What of an object nobody judges, beside what its rules say themselves. Empty for one that is judged whole. */
export function leftUnchecked(object: PolicyObject, levels: Levels, isKnown: boolean): readonly string[] {
  if (isType(object, CHART, RELEASE)) return [chartReason(object, levels)];
  const adapter = adapterOf(object);
  if (adapter !== undefined) return [`what ${adapter.operator} adds to the pods that it makes is not seen here`];
  return isKnown ? [] : [reasonUnchecked(object)];
}

/** What holds its pods to anything is the level that their namespace enforces. */
function chartReason(chart: PolicyObject, levels: Levels): string {
  const namespace = chart.props.at("namespace");
  const name = namespace.isKnown ? (namespace.text ?? "default") : undefined;
  const level = name === undefined ? undefined : levels.get(`${cluster(chart)} ${name}`);
  const held =
    level === undefined
      ? "no namespace of this stack holds it to a Pod Security level"
      : `its namespace enforces the Pod Security level ${level}`;
  return `chart: what it installs is judged object by object once it can be rendered, not as a whole; ${held}`;
}

function reasonUnchecked(object: PolicyObject): string {
  if (object.type === "pulumi:pulumi:Stack") return "the stack itself";
  if (object.type.startsWith("pulumi:providers:")) return "a provider: settings for talking to a cloud";
  if (OPERATED[group(object)]?.includes(object.kind) === true)
    return "an operator makes pods from it that cannot be seen here";
  if (group(object) === "admissionregistration.k8s.io" && object.kind.startsWith("ValidatingAdmissionPolicy"))
    return "a policy of admission: no rule judges it; those made from the rules are compared with them by tests";
  if (isComponent(object)) return "a component: its children are judged one by one";
  return "no rule knows this kind";
}

/** Only components have no provider; a plain manifest has none either, but is no Pulumi resource. */
const isComponent = ({ urn, provider }: PolicyObject): boolean => urn !== undefined && provider === undefined;
