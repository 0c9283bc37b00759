/** No secret stands as a literal where everybody who may read the object reads it. Values are never printed. */
import { containers } from "../kubernetes/pods";
import { isKind } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

/** Names that announce a secret; files, paths and names of secrets are no secrets. */
const ANNOUNCES = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|CREDENTIALS?|CONNECTION_?STRING)$/i;

/** Secrets under any name: a URL with a password, keys and tokens that their makers gave a shape. */
const SHAPES: readonly RegExp[] = [
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s:@]+@/i,
  /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}\b|\bxox[abprs]-[\w-]{10,}/,
  /\b[sr]k_live_[A-Za-z0-9]{16,}\b|\bSG\.[\w-]{16,}\.[\w-]{16,}/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /;\s*(AccountKey|SharedAccessKey|Password|Pwd)=[^;\s]+/i,
];

const KEY = /^[A-Za-z0-9+/_-]{32,}={0,2}$/;
const BITS_PER_CHARACTER = 4.3;

/** Long and without pattern, as a generator makes them. Digests and identifiers are hexadecimal, with four bits at most. */
const isRandom = (value: string): boolean => KEY.test(value) && entropy(value) > BITS_PER_CHARACTER;

/** Shannon's, in bits for each character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** A yes or no is no secret, whatever it is called: Kong's `credentials` says whether cookies are let through. */
const SWITCH = /^(true|false)$/;

const isSecret = (name: string, value: string): boolean =>
  value !== "" &&
  !SWITCH.test(value) &&
  (ANNOUNCES.test(name) || SHAPES.some((shape) => shape.test(value)) || isRandom(value));

const judgeLiteral = (name: string, value: Field): readonly Finding[] =>
  violatedIf(isSecret(name, value.text ?? ""), value, `looks like a secret: ${value.shape}`);

const literals = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).flatMap((container) => container.at("env").items),
    (variable) => judgeLiteral(variable.at("name").text ?? "", variable.at("value")),
  );

const OPTION = /^--?[\w-]*?(password|passwd|secret|token|api-?key|access-?key)[= ]./i;

/** `$(NAME)` is filled in from the environment. */
const isOption = (text: string): boolean => OPTION.test(text) && !/[= ]\$\([A-Za-z_]\w*\)$/.test(text);

const inCommand = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).flatMap((container) => [...container.at("command").items, ...container.at("args").items]),
    (word) =>
      violatedIf(
        isOption(word.text ?? "") || SHAPES.some((shape) => shape.test(word.text ?? "")),
        word,
        `looks like a secret: ${word.shape}`,
      ),
  );

/** Texts at any depth of a plugin's configuration. */
const leaves = (field: Field, name: string): readonly (readonly [string, Field])[] => {
  if (!field.isKnown || field.text !== undefined) return [[name, field]];
  const below = field.items.map((item) => leaves(item, name));
  return [...below.flat(), ...field.entries.flatMap(([key, value]) => leaves(value, key))];
};

const facts = {
  severity: "critical",
  standards: ["nsa", "cis-eks", "cis-aks"],
  why: "Literals are in the state, in every backup of it, and shown to whoever may list the object.",
  remedy: "keep it in a Secret and mount that, or refer to it by valueFrom.secretKeyRef",
  link: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
} as const;

const POD_RULES: readonly Rule[] = [
  {
    ...podRule(
      { ...facts, id: "secrets-no-literal-in-env", title: "No environment variable may hold a secret as a literal." },
      literals,
    ),
    category: "secrets",
  },
  {
    ...podRule(
      {
        ...facts,
        id: "secrets-no-literal-in-command",
        title: "No command line may hold a secret.",
        why: "It is in the list of processes, in the state, and shown to whoever may list the object.",
      },
      inCommand,
    ),
    category: "secrets",
  },
];

export const SECRETS_RULES: readonly Rule[] = [
  ...POD_RULES,
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
  {
    ...facts,
    id: "secrets-no-literal-in-kong-plugin",
    title: "No Kong plugin may hold a secret.",
    remedy: "move the settings to a Secret and name it in configFrom.secretKeyRef or configPatches",
    link: "https://developer.konghq.com/kubernetes-ingress-controller/plugin-configuration/",
    category: "secrets",
    scope: "object",
    applies: (object) => isKind(object, "configuration.konghq.com", "KongPlugin", "KongClusterPlugin"),
    check: ({ props }) =>
      leaves(props.at("config"), "").flatMap(([name, value]) => each([value], () => judgeLiteral(name, value))),
  },
];
