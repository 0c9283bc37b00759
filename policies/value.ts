/**
 * Guarded reading of data that may not be known yet. During a preview a value can be a placeholder; a check that needs it
 * stops there with `Undecided`, which names the path, and every other check goes on. No reader here returns a
 * placeholder as if it were a value, and none throws for a field that is absent.
 */

/** Stands where the engine has no value yet, or where a secret was redacted. */
export const UNKNOWN = Symbol("not known yet");

export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | readonly Value[]
  | { readonly [key: string]: Value }
  /** Taken over from elsewhere in the object, path and all: how a pod is put together from a custom resource's fields. */
  | Field;

/** What stands in a manifest for a value that only the cloud will tell; read as not known yet. */
export const NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the engine sends in place of a value (one per kind), and what `pulumi policy analyze` sends for a secret. */
const PLACEHOLDERS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  NOT_KNOWN,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "[secret]",
]);

/** Thrown by a reader that met a value not known yet. */
export class Undecided extends Error {
  constructor(
    readonly path: string,
    message = "is not known yet",
  ) {
    super(message);
  }
}

/** Thrown by a reader that met something else than it can be there, which would hide what stands in it: no API takes it. */
export class Misshapen extends Undecided {
  constructor(field: Field, wanted: "a list" | "a map") {
    super(field.path, `wants ${wanted}, got ${field.shape}`);
  }
}

/**
 * Copies plain data out of whatever holds it. Property descriptors are read instead of properties, because the policy
 * SDK hands out proxies that throw when an unknown property is touched.
 */
export function plain(raw: unknown): Value {
  if (PLACEHOLDERS.has(raw)) return UNKNOWN;
  if (Array.isArray(raw)) return Array.from({ length: raw.length }, (_, index) => plain(own(raw, String(index))));
  if (typeof raw === "object" && raw !== null) return plainObject(raw);
  return isScalar(raw) ? raw : undefined;
}

const own = (holder: object, key: string): unknown => Object.getOwnPropertyDescriptor(holder, key)?.value;

const plainObject = (raw: object): Value =>
  Object.fromEntries(Object.keys(raw).map((key) => [key, plain(own(raw, key))]));

const isScalar = (raw: unknown): raw is boolean | number | string | null | undefined =>
  raw === null || ["boolean", "number", "string", "undefined"].includes(typeof raw);

const isRecord = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Field);

const step = (key: string): string => (key === "" ? "" : /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `["${key}"]`);

/** One place in an object: its path, and its value if that is known. */
export class Field {
  constructor(
    private readonly raw: Value,
    private readonly parent?: Field,
    private readonly key: string | number = "",
  ) {}

  /** `spec.containers[0].image`; put together only when somebody reads it. */
  get path(): string {
    const above = this.parent?.path ?? "";
    if (typeof this.key === "number") return `${above}[${this.key}]`;
    return above === "" ? step(this.key).replace(/^\./, "") : above + step(this.key);
  }

  /** The field below, absent when anything on the way is; as good as not known when the way is no map. Never throws. */
  at(...keys: readonly string[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  /** The value itself; `null` counts as absent, as in Kubernetes. Throws `Undecided`. */
  get value(): Exclude<Value, typeof UNKNOWN | null> {
    if (this.raw === UNKNOWN) throw this.undecided();
    return this.raw ?? undefined;
  }

  /** Whether the value is there to be read. Never throws. */
  get isKnown(): boolean {
    return this.raw !== UNKNOWN;
  }

  get isSet(): boolean {
    return this.value !== undefined;
  }

  is(wanted: boolean | number | string): boolean {
    return this.value === wanted;
  }

  /** The text of a string, number or boolean. */
  get text(): string | undefined {
    const { value } = this;
    return value === undefined || typeof value === "object" ? undefined : String(value);
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  get isMap(): boolean {
    return isRecord(this.value);
  }

  /** The elements of a list; nothing when it is absent. Throws `Misshapen` for anything else. */
  get items(): readonly Field[] {
    const { value } = this;
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw new Misshapen(this, "a list");
    return value.map((item: Value, index) => this.below(item, index));
  }

  /** The entries of a map; nothing when it is absent. Throws `Misshapen` for anything else. */
  get entries(): readonly (readonly [string, Field])[] {
    const { value } = this;
    if (value === undefined) return [];
    if (!isRecord(value)) throw new Misshapen(this, "a map");
    return Object.keys(value).map((key) => [key, this.child(key)] as const);
  }

  /** Kind and length, never the value: a policy sees secrets in plain text and cannot tell them from literals. */
  get shape(): string {
    const { value } = this;
    if (value === undefined) return "nothing";
    if (typeof value === "string") return `a text of ${value.length} characters`;
    if (Array.isArray(value)) return `a list of ${value.length}`;
    return `a ${typeof value === "object" ? "map" : typeof value}`;
  }

  /** The field at a path as `path` prints it; absent when nothing is there. */
  locate(path: string): Field {
    const steps = [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)];
    return steps.reduce<Field>((field, [, quoted, index, key]) => {
      if (!field.isKnown) return field;
      if (index !== undefined) return field.items[Number(index)] ?? new Field(undefined, field, Number(index));
      return field.child(quoted ?? key ?? "");
    }, this);
  }

  private undecided(): Undecided {
    const flaw = this.flawAbove();
    return flaw === undefined ? new Undecided(this.path) : new Misshapen(flaw, "a map");
  }

  /** What stands on the way here and can have nothing of a name below it. */
  private flawAbove(): Field | undefined {
    if (typeof this.key === "number") return undefined;
    return this.parent?.isScalarOrList === true ? this.parent : this.parent?.flawAbove();
  }

  private get isScalarOrList(): boolean {
    return this.raw !== UNKNOWN && this.raw !== undefined && this.raw !== null && !isRecord(this.raw);
  }

  private child(key: string): Field {
    if (this.raw === UNKNOWN || this.isScalarOrList) return new Field(UNKNOWN, this, key);
    return this.below(isRecord(this.raw) && Object.hasOwn(this.raw, key) ? this.raw[key] : undefined, key);
  }

  private below(raw: Value, key: string | number): Field {
    return raw instanceof Field ? raw : new Field(raw, this, key);
  }
}
