/**
 * One row per resource type: everything the stand-in cloud knows about it, as data. What the SDK's own files say (names of
 * inputs and outputs, which are required) is not repeated here. A type without a row is refused.
 */
import type { CloudObject, RefKind } from "./store";
import type { Properties, Value } from "./values";

/** What identifiers and outputs are made from. */
export interface Minting {
  /** Inputs with defaults, secrets opened. */
  readonly inputs: Properties;
  /** Empty while the id itself is minted. */
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** When the object was created, ISO 8601. */
  readonly created: string;
  /** Pseudo-random lower-case hexadecimal digits: the same each time for the same object and purpose. */
  readonly hex: (length: number, purpose?: string) => string;
  /** A live object of that type which goes by this id, ARN or name. */
  readonly find: (type: string, handle: Value | undefined) => CloudObject | undefined;
  /** Live objects of a type in this region. */
  readonly all: (type: string) => readonly CloudObject[];
}

/** The value must be the id, ARN or name of a live object of one of these types. */
export interface Ref {
  readonly types: readonly string[];
  readonly kind: RefKind;
  /** Values that name something the cloud itself owns, such as a managed policy. */
  readonly except?: RegExp;
}

export type Rule =
  "cidr" | "json" | "arn" | RegExp | readonly string[] | { readonly min: number; readonly max: number };

export interface NameRule {
  readonly property: string;
  readonly prefix?: string;
  /** What every name of the type begins with. */
  readonly lead?: string;
  readonly max?: number;
  readonly lower?: boolean;
  /** What stands before the generated end. @default "-" */
  readonly glue?: string;
}

export interface Unique {
  /** No two live objects of the type share all these values: in the world, the account, or one region. */
  readonly in: "world" | "account" | "region";
  readonly by: readonly string[];
  /** Whether what is deleted but can still be recovered keeps its name. @default false */
  readonly lasting?: true;
}

export interface Quota {
  readonly limit: number;
  /** Counted among objects with the same value of this property; in the region when absent. */
  readonly per?: string;
  readonly code: string;
}

export interface TypeRow {
  /** `passed through`: only names and required properties are looked at. */
  readonly checks: "checked" | "passed through";
  /** Lives in no region. */
  readonly global?: true;
  readonly id: (minting: Minting) => string;
  readonly arn?: (minting: Minting) => string;
  /** Values for what the provider computes; a given input wins over a value here unless it is in `nested`. */
  readonly outputs?: (minting: Minting) => Properties;
  /** Computed parts of given blocks, such as `vpcConfig.vpcId`. */
  readonly nested?: readonly string[];
  /** Outputs an update may change; all others stay known while one is planned. */
  readonly unstable?: readonly string[];
  /** Paths whose change needs a new object. */
  readonly forceNew: readonly string[];
  readonly name?: NameRule;
  readonly defaults?: Properties;
  readonly refs?: Readonly<Record<string, Ref>>;
  readonly valid?: Readonly<Record<string, Rule>>;
  readonly unique?: readonly Unique[];
  readonly quota?: Quota;
  readonly handles?: (minting: Minting) => readonly string[];
  readonly lends?: (minting: Minting) => Readonly<Record<string, readonly string[]>>;
  /** Whether a creation with these inputs takes over what has the same id already. */
  readonly overwrites?: (inputs: Properties) => boolean;
  /** Why the cloud refuses these inputs as things stand. */
  readonly refuse?: (minting: Minting) => string | undefined;
  /** Why the cloud keeps the object, or `pending` when deletion only begins. */
  readonly keeps?: (object: CloudObject, minting: Minting) => string | undefined;
}

export type TypeTable = Readonly<Record<string, TypeRow>>;

export const blocks = (...types: string[]): Ref => ({ types, kind: "blocks" });
export const follows = (...types: string[]): Ref => ({ types, kind: "follows" });
export const weak = (...types: string[]): Ref => ({ types, kind: "weak" });
export const unless = (except: RegExp, ref: Ref): Ref => ({ ...ref, except });

/** Every value at a path such as `rules[].destination.bucket`. */
export function valuesAt(of: Value | undefined, path: string): readonly Value[] {
  return path
    .split(".")
    .reduce<readonly Value[]>(
      (found, step) => found.flatMap((value) => stepInto(value, step)),
      of === undefined ? [] : [of],
    );
}

function stepInto(value: Value, step: string): readonly Value[] {
  const name = step.replace("[]", "");
  const next =
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties)[name] : undefined;
  if (next === undefined || next === null) return [];
  return step.endsWith("[]") && Array.isArray(next) ? (next as readonly Value[]) : [next];
}
