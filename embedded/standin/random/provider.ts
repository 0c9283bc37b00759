/** The stand-in random provider: its values live in the engine's state only, as with the real one. */
import { randomBytes, randomInt } from "node:crypto";
import { compare, type Difference } from "../diff";
import {
  Refused,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type Created,
  type DiffRequest,
  type InvokeResult,
  type Provider,
  type ReadRequest,
  type ReadResult,
  type UpdateRequest,
} from "../provider";
import { facts } from "../sdk";
import { failuresOf } from "../validation";
import { secret, UNKNOWN, type Properties, type Value } from "../values";

interface RandomType {
  readonly outputs: readonly string[];
  readonly defaults: Properties;
  readonly make: (inputs: Properties) => Created;
}

const TEXT_DEFAULTS = {
  ...{ lower: true, upper: true, numeric: true, number: true, special: true },
  ...{ minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 },
};

const TYPES: Readonly<Record<string, RandomType>> = {
  "random:index/randomPassword:RandomPassword": {
    outputs: ["result", "bcryptHash"],
    defaults: TEXT_DEFAULTS,
    make: (inputs) => ({
      id: "none",
      properties: { result: secret(textOf(inputs)), bcryptHash: secret(bcryptShape()) },
    }),
  },
  "random:index/randomString:RandomString": {
    outputs: ["result"],
    defaults: TEXT_DEFAULTS,
    make: (inputs) => {
      const result = textOf(inputs);
      return { id: result, properties: { result } };
    },
  },
  "random:index/randomId:RandomId": {
    outputs: ["b64Std", "b64Url", "dec", "hex"],
    defaults: {},
    make: (inputs) => idOf(randomBytes(Number(inputs["byteLength"])), String(inputs["prefix"] ?? "")),
  },
};

export class RandomProvider implements Provider {
  constructor(readonly version: string) {}

  check({ type, news }: CheckRequest): CheckResult {
    row(type);
    return { inputs: news, failures: failuresOf(type, { checks: "checked", id: () => "", forceNew: [] }, news) };
  }

  /** Every input makes a new value. */
  diff({ oldInputs, news, ignoreChanges }: DiffRequest): Difference {
    return { detailed: compare({ olds: oldInputs, news, ignore: ignoreChanges, replaces: () => true }) };
  }

  create({ type, inputs, preview }: CreateRequest): Created {
    const { outputs, defaults, make } = row(type);
    const given = { ...defaults, ...inputs };
    if (!preview) return withGiven(given, make(given));
    const hidden = new Set(facts(type)?.secrets ?? []);
    const unknown = outputs.map((name): [string, Value] => [name, hidden.has(name) ? secret(UNKNOWN) : UNKNOWN]);
    return { id: "", properties: { ...given, ...Object.fromEntries(unknown) } };
  }

  read({ id, olds, inputs }: ReadRequest): ReadResult {
    if (Object.keys(olds).length === 0) throw new Refused("importing a random value is not supported by the stand-in");
    return { id, properties: olds, inputs };
  }

  update({ olds, news }: UpdateRequest): Properties {
    return { ...olds, ...news };
  }

  delete(): void {
    // nothing lives outside the engine's state
  }

  invoke(): InvokeResult {
    throw new Refused("the random provider has no functions");
  }
}

const withGiven = (given: Properties, { id, properties }: Created): Created => ({
  id,
  properties: { ...given, ...properties },
});

function row(type: string): RandomType {
  const found = TYPES[type];
  if (found === undefined)
    throw new Refused(`no stand-in for ${type}: add it to TYPES in embedded/standin/random/provider.ts`);
  return found;
}

/** Minimums first, the rest from all allowed characters, shuffled. */
function textOf(inputs: Properties): string {
  const special = String(inputs["overrideSpecial"] ?? "!@#$%&*()-_=+[]{}<>:?");
  const classes: readonly [string, string, string][] = [
    ["lower", "minLower", "abcdefghijklmnopqrstuvwxyz"],
    ["upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    ["numeric", "minNumeric", "0123456789"],
    ["special", "minSpecial", special],
  ];
  const allowed = classes.filter(([name]) => inputs[name] !== false);
  const least = allowed.flatMap(([, min, from]) => pick(from, Number(inputs[min] ?? 0)));
  const all = allowed.map(([, , from]) => from).join("");
  return shuffled([...least, ...pick(all, Math.max(0, Number(inputs["length"]) - least.length))]).join("");
}

const pick = (from: string, count: number): string[] =>
  from === "" ? [] : Array.from({ length: count }, () => from[randomInt(from.length)] ?? "");

const shuffled = (letters: readonly string[]): string[] =>
  letters
    .map((letter) => ({ letter, at: randomInt(2 ** 32) }))
    .sort((a, b) => a.at - b.at)
    .map(({ letter }) => letter);

/** The shape of a bcrypt hash; nothing here verifies one. */
const bcryptShape = (): string => `$2a$10$${randomBytes(40).toString("base64url").slice(0, 53)}`;

function idOf(bytes: Buffer, prefix: string): Created {
  const url = bytes.toString("base64url");
  const hex = bytes.toString("hex");
  const properties = {
    ...{ b64Std: prefix + bytes.toString("base64"), b64Url: prefix + url },
    ...{ dec: prefix + BigInt(`0x${hex}`).toString(), hex: prefix + hex },
  };
  return { id: url, properties };
}
