/** From words to a verb and its arguments. Refuses what no verb knows, with what is known; all of it at once. */
import { parseArgs } from "node:util";
import { InvalidInput, type Problem, refuse } from "../graph/problems";
import { nearest } from "../graph/nearest";
import { type Arguments, type Verb } from "./verb";

export interface Command {
  readonly name: string;
  readonly verb: Verb;
  readonly args: Arguments;
}

const list = (names: readonly string[]): string => names.join(", ");

function unknown(where: string, got: string, known: readonly string[]): Problem {
  const close = nearest(got, known);
  const mend = close === undefined ? "see `keelson --help`" : `write ${close}`;
  return { where, got: `"${got}"`, want: `one of ${list(known)}`, mend };
}

const optionsOf = ({ flags }: Verb) =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { short, value }]) => {
      const type = value === undefined ? ("boolean" as const) : ("string" as const);
      return [name, { type, ...(short !== undefined && { short }) }];
    }),
  );

type Token = ReturnType<typeof tokensOf>[number];

/** Not strict: Node would stop at the first mistake, and we tell all of them. */
const tokensOf = (verb: Verb, argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: optionsOf(verb), strict: false, allowPositionals: true, tokens: true }).tokens;

function flagProblems(verb: Verb, tokens: readonly Token[]): readonly Problem[] {
  const known = Object.keys(verb.flags).map((name) => `--${name}`);
  return tokens.flatMap((token) => {
    if (token.kind !== "option") return [];
    const flag = verb.flags[token.name];
    if (flag === undefined) return [unknown("flag", token.rawName, known.length === 0 ? ["none"] : known)];
    const wants = flag.value;
    if (wants === undefined && token.value !== undefined)
      return [{ where: `--${token.name}`, got: `"${token.value}"`, want: "no value", mend: `write --${token.name}` }];
    if (wants !== undefined && (token.value === undefined || token.value.startsWith("-")))
      return [{ where: `--${token.name}`, got: "no value", want: wants, mend: `write --${token.name} ${wants}` }];
    return [];
  });
}

/** The words that this line must have, and whether it may have more. */
function formOf({ words = [], many = false, insteadOfWords }: Verb, tokens: readonly Token[]) {
  const replaced = tokens.some((token) => token.kind === "option" && token.name === insteadOfWords);
  return replaced ? { words: [], many: false } : { words, many };
}

type Form = ReturnType<typeof formOf>;

function wordProblems(name: string, { words, many }: Form, given: readonly string[]): readonly Problem[] {
  const enough = given.length >= words.length && (many || given.length === words.length);
  if (enough) return [];
  const got = given.length === 0 ? "no word" : given.map((word) => `"${word}"`).join(" ");
  const form = [`keelson ${name}`, ...words, ...(many ? ["…"] : [])].join(" ");
  return [
    {
      where: `keelson ${name}`,
      got,
      want: words.length === 0 ? "no further word" : list(words),
      mend: `write \`${form}\``,
    },
  ];
}

/** Flags that contradict each other would otherwise be obeyed by an order nobody knows. */
function choiceProblems({ oneOf = [] }: Verb, tokens: readonly Token[]): readonly Problem[] {
  const given = oneOf.filter((flag) => tokens.some((token) => token.kind === "option" && token.name === flag));
  if (given.length < 2) return [];
  const [got, want] = [given, oneOf].map((flags) => list(flags.map((flag) => `--${flag}`)));
  return [{ where: "flags", got: `${got}`, want: `one of ${want}`, mend: `write --${given[0]} alone` }];
}

/** The verb of this name. @throws InvalidInput when there is none. */
export function verbNamed(name: string, verbs: Readonly<Record<string, Verb>>): Verb {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) throw new InvalidInput([unknown("verb", name, Object.keys(verbs))]);
  return verb;
}

/** The verb and its arguments. @throws InvalidInput with everything that is wrong with the line. */
export function parseCommand(argv: readonly string[], verbs: Readonly<Record<string, Verb>>): Command {
  const [name = "", ...rest] = argv;
  const verb = verbNamed(name, verbs);
  const tokens = tokensOf(verb, rest);
  const words = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  refuse([
    ...flagProblems(verb, tokens),
    ...choiceProblems(verb, tokens),
    ...wordProblems(name, formOf(verb, tokens), words),
  ]);
  const pairs = tokens.flatMap((token) =>
    token.kind === "option" ? [[token.name, token.value ?? true] as const] : [],
  );
  return { name, verb, args: { flags: Object.fromEntries(pairs), words } };
}

/** A flag that must be given. */
export function required({ flags }: Arguments, name: string, value: string): string {
  const given = flags[name];
  if (typeof given === "string" && given !== "") return given;
  throw new InvalidInput([{ where: `--${name}`, got: "nothing", want: value, mend: `write --${name} ${value}` }]);
}

/** The stack named by `-s`; `dev` when none is. */
export const stackOf = ({ flags }: Arguments): string => (typeof flags["stack"] === "string" ? flags["stack"] : "dev");
