/** Label selectors as the API server evaluates them: empty selects everything, all requirements must hold. */
import { all, type Maybe } from "../logic";
import type { Field } from "../value";

type Requirement = (labels: Field) => boolean;

/** Whether a LabelSelector selects these labels; `undefined` when that needs a value that is not known yet. */
export const selects = (selector: Field, labels: Field): Maybe =>
  all([() => allOf(equalities(selector), labels), () => allOf(expressions(selector), labels)]);

const allOf = (requirements: readonly Requirement[], labels: Field): Maybe =>
  all(requirements.map((requirement) => () => requirement(labels)));

const equalities = (selector: Field): readonly Requirement[] =>
  selector.at("matchLabels").entries.map(
    ([key, wanted]) =>
      (labels) =>
        labels.at(key).isSet && labels.at(key).text === wanted.text,
  );

const expressions = (selector: Field): readonly Requirement[] =>
  selector.at("matchExpressions").items.map((expression) => (labels) => holds(expression, labels));

/** An absent label satisfies `NotIn` and `DoesNotExist`, as in the API server. */
function holds(expression: Field, labels: Field): boolean {
  const label = labels.at(expression.at("key").text ?? "").text;
  const listed = (): boolean => expression.at("values").items.some(({ text }) => text === label);
  switch (expression.at("operator").text) {
    case "In":
      return label !== undefined && listed();
    case "NotIn":
      return label === undefined || !listed();
    case "Exists":
      return label !== undefined;
    case "DoesNotExist":
      return label === undefined;
    default:
      return false;
  }
}
