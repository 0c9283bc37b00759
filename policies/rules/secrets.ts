/** No secret stands as a literal where everybody who may read the object reads it. Values are never printed. */
import { eachContainer, namespaced, objects, text, texts } from "../admission/form";
import { containers } from "../kubernetes/pods";
import { isKind, type PolicyObject } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

/** Either case of each letter, without a flag: JavaScript and RE2 fold letters beyond ASCII in different ways. */
const caseless = (pattern: string): string =>
  pattern.replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);

/**
 * Names that announce a secret; files, paths and names of secrets are no secrets. This and every pattern below is read alike by
 * JavaScript, here, and by RE2, at admission.
 */
const ANNOUNCES = `(${[
  ...["PASSWORD", "PASSWD", "SECRET", "TOKEN", "PRIVATE_?KEY", "API_?KEY", "ACCESS_?KEY", "CREDENTIALS?"],
  "CONNECTION_?STRING",
]
  .map(caseless)
  .join("|")})$`;

/** Secrets under any name: a URL with a password, keys and tokens that their makers gave a shape. */
const SHAPES: readonly string[] = [
  "^[A-Za-z][A-Za-z0-9+.-]*://[^/ \\t\\r\\n:@]*:[^/ \\t\\r\\n:@]+@",
  "-----BEGIN ([A-Z]+ )*PRIVATE KEY-----",
  "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b",
  "\\bgh[pousr]_[A-Za-z0-9]{36}\\b|\\bglpat-[\\w-]{20}\\b|\\bxox[abprs]-[\\w-]{10,}",
  "\\b[sr]k_live_[A-Za-z0-9]{16,}\\b|\\bSG\\.[\\w-]{16,}\\.[\\w-]{16,}",
  "\\beyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,}",
  `;[ \\t\\r\\n]*(${["AccountKey", "SharedAccessKey", "Password", "Pwd"].map(caseless).join("|")})=[^; \\t\\r\\n]+`,
];

const [announces, shapes] = [new RegExp(ANNOUNCES), SHAPES.map((shape) => new RegExp(shape))];

const hasShape = (value: string): boolean => shapes.some((shape) => shape.test(value));

/** A yes or no is no secret, whatever it is called: Kong's `credentials` says whether cookies are let through. */
const HARMLESS: readonly string[] = ["", "true", "false"];

const isNamed = (name: string, value: string): boolean =>
  !HARMLESS.includes(value) && (announces.test(name) || hasShape(value));

/** The same of two expressions that are texts. */
const notNamed = (name: string, value: string): string =>
  `${value} in ${texts(HARMLESS)} || !(${name}.matches(${text(ANNOUNCES)}) || ${value}.matches(${text(SHAPES.join("|"))}))`;

const KEY = /^[A-Za-z0-9+/_-]{32,}={0,2}$/;
const BITS_PER_CHARACTER = 4.3;

/**
 * Long and without pattern, as a generator makes them, and nothing else tells of it. Digests and identifiers are hexadecimal,
 * with four bits at most.
 */
const isRandom = (name: string, value: string): boolean =>
  KEY.test(value) && entropy(value) > BITS_PER_CHARACTER && !isNamed(name, value);

/** Shannon's, in bits for each character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

type Judge = (name: string, value: Field) => readonly Finding[];

const judgeNamed: Judge = (name, value) =>
  violatedIf(isNamed(name, value.text ?? ""), value, `looks like a secret: ${value.shape}`);

const judgeRandom: Judge = (name, value) =>
  violatedIf(isRandom(name, value.text ?? ""), value, `looks generated: ${value.shape}`);

const variables =
  (judge: Judge) =>
  (spec: Field): readonly Finding[] =>
    each(
      containers(spec).flatMap((container) => container.at("env").items),
      (variable) => judge(variable.at("name").text ?? "", variable.at("value")),
    );

const entriesOf =
  (judge: Judge) =>
  ({ props }: PolicyObject): readonly Finding[] =>
    props.at("data").entries.flatMap(([name, value]) => each([value], () => judge(name, value)));

const OPTION = `^--?[\\w-]*?(${["password", "passwd", "secret", "token", "api-?key", "access-?key"].map(caseless).join("|")})[= ][^\\n]`;

/** `$(NAME)` is filled in from the environment. */
const REFERENCE = "[= ]\\$\\([A-Za-z_]\\w*\\)$";

const [option, reference] = [new RegExp(OPTION), new RegExp(REFERENCE)];

const isOption = (text: string): boolean => option.test(text) && !reference.test(text);

/** The same of a word `w`. */
const NO_OPTION = `!(w.matches(${text(OPTION)}) && !w.matches(${text(REFERENCE)})) && !w.matches(${text(SHAPES.join("|"))})`;

const inCommand = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).flatMap((container) => [...container.at("command").items, ...container.at("args").items]),
    (word) =>
      violatedIf(isOption(word.text ?? "") || hasShape(word.text ?? ""), word, `looks like a secret: ${word.shape}`),
  );

/** Texts at any depth of a plugin's configuration. */
const leaves = (field: Field, name: string): readonly (readonly [string, Field])[] => {
  if (!field.isKnown) return [[name, field]];
  if (field.isList) return field.items.flatMap((item) => leaves(item, name));
  return field.isMap ? field.entries.flatMap(([key, value]) => leaves(value, key)) : [[name, field]];
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
      {
        ...facts,
        id: "secrets-no-literal-in-env",
        title: "No environment variable may hold a secret as a literal.",
        admission: eachContainer(`c.?env.orValue([]).all(v, ${notNamed("v.name", 'v.?value.orValue("")')})`),
      },
      variables(judgeNamed),
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
        admission: eachContainer(`(c.?command.orValue([]) + c.?args.orValue([])).all(w, ${NO_OPTION})`),
      },
      inCommand,
    ),
    category: "secrets",
  },
  {
    ...podRule(
      {
        ...facts,
        id: "secrets-no-random-in-env",
        title: "No environment variable may hold what looks like a generated secret.",
      },
      variables(judgeRandom),
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
    admission: objects(
      [namespaced("", "configmaps")],
      `object.?data.orValue({}).all(k, ${notNamed("k", "object.data[k]")})`,
    ),
    category: "secrets",
    scope: "object",
    applies: (object) => isKind(object, "", "ConfigMap"),
    check: entriesOf(judgeNamed),
  },
  {
    ...facts,
    id: "secrets-no-random-in-config-map",
    title: "No ConfigMap may hold what looks like a generated secret.",
    category: "secrets",
    scope: "object",
    applies: (object) => isKind(object, "", "ConfigMap"),
    check: entriesOf(judgeRandom),
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
      leaves(props.at("config"), "").flatMap(([name, value]) =>
        each([value], () => [...judgeNamed(name, value), ...judgeRandom(name, value)]),
      ),
  },
];
