/** No secret stands as a literal where everybody who may read the object reads it. Values are never printed. */
import { containers } from "../kubernetes/pods";
import { isKind } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

/** Names that announce a secret; files, paths and names of secrets are no secrets. */
const ANNOUNCES = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|CREDENTIALS?|CONNECTION_?STRING)$/i;

/** A URL with a password in it is a secret under any name. */
const HAS_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s:@]+@/i;

const isSecret = (name: string, value: string): boolean =>
  value !== "" && (ANNOUNCES.test(name) || HAS_PASSWORD.test(value));

const judgeLiteral = (name: string, value: Field): readonly Finding[] =>
  violatedIf(isSecret(name, value.text ?? ""), value, `looks like a secret: ${value.shape}`);

const literals = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).flatMap((container) => container.at("env").items),
    (variable) => judgeLiteral(variable.at("name").text ?? "", variable.at("value")),
  );

const facts = {
  severity: "critical",
  standards: ["nsa", "cis-eks", "cis-aks"],
  why: "Literals are in the state, in every backup of it, and shown to whoever may list the object.",
  remedy: "keep it in a Secret and mount that, or refer to it by valueFrom.secretKeyRef",
  link: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
} as const;

export const SECRETS_RULES: readonly Rule[] = [
  {
    ...podRule(
      { ...facts, id: "secrets-no-literal-in-env", title: "No environment variable may hold a secret as a literal." },
      literals,
    ),
    category: "secrets",
  },
  {
    ...facts,
    id: "secrets-no-literal-in-config-map",
    title: "No ConfigMap may hold a secret.",
    category: "secrets",
    scope: "object",
    applies: (object) => isKind(object, "", "ConfigMap"),
    check: ({ props }) =>
      props.at("data").entries.flatMap(([name, value]) => each([value], () => judgeLiteral(name, value))),
  },
];
