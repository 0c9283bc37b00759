/**
 * A provider for one region of the stand-in cloud, driven by type tables. A creation is idempotent: see `tokenOf`.
 * Configuration, account rules and invokes belong to the cloud's own provider, which extends this one.
 */
import { type Cloud, unknownType, withCloud } from "./cloud";
import { compare, type Change, type Difference } from "./diff";
import { hexOf, mergeTags, objectKey, restore } from "./minting";
import { generatedNames, named } from "./naming";
import { ObjectIndex } from "./object-index";
import { MARKS, plannedOutputs, unmarked, updatedOutputs, type Given } from "./outputs";
import * as protocol from "./provider";
import { facts } from "./sdk";
import { peek, type CloudObject, type Fault } from "./store";
import type { TypeRow, TypeTable } from "./types";
import { failuresOf } from "./validation";
import { canonical, equal, redacted, text, type Properties, type Value } from "./values";

/** Where a call goes, and what it takes along. */
type Place = Pick<Given, "type" | "region"> & Partial<Pick<Given, "inputs">>;

export abstract class ManagedProvider implements protocol.Provider {
  /** Region of resources that name none. */
  protected region = "";
  /** The property that says where a resource is. */
  protected readonly place: string = "region";
  protected defaultTags: Properties = {};
  private readonly shown = new Set<string>();
  private recording: Promise<void> | undefined;

  constructor(
    readonly version: string,
    private readonly tables: TypeTable,
    private readonly file: string | undefined,
  ) {}

  abstract configure(request: protocol.ConfigureRequest): void;
  abstract invoke(request: protocol.InvokeRequest): Promise<protocol.InvokeResult>;

  check(request: protocol.CheckRequest): protocol.CheckResult {
    const row = this.row(request.type);
    const inputs = named(request, row.name, this.interrupted(request, row));
    const failures = failuresOf(request.type, row, inputs);
    return { inputs, failures: failures.map((each) => ({ ...each, reason: redacted(each.reason, inputs) })) };
  }

  async diff(request: protocol.DiffRequest): Promise<Difference> {
    const given = this.given(request.type, request.news);
    await this.record(objectKey({ ...request, region: this.regionOf(given.row, text(request.olds[this.place])) }));
    const detailed = { ...changesOf(request, given), ...standingChanges(request, given, this.place) };
    return { detailed, stables: stableOutputs(given) };
  }

  async create({ urn, type, inputs, preview }: protocol.CreateRequest): Promise<protocol.Created> {
    const given = this.given(type, inputs);
    if (preview) return { id: "", properties: plannedOutputs(given) };
    const { region, defaultTags } = given;
    const by = { region, defaultTags, owner: "engine", urn, token: tokenOf(urn, given) };
    const made = await this.call("create", given, (cloud) => cloud.create(type, inputs, by));
    return { id: made.id, properties: restored(made, inputs) };
  }

  async read({ type, id, olds, inputs }: protocol.ReadRequest): Promise<protocol.ReadResult | undefined> {
    const given = this.given(type, { ...inputs, ...placeIn(olds, this.place) });
    if (Object.keys(inputs).length > 0)
      await this.record(objectKey({ type, id, region: this.regionOf(given.row, given.region) }));
    const found = await this.call("read", given, (cloud) => cloud.get(type, given.region, id));
    if (found === undefined) return undefined;
    const properties = restored(found, olds);
    const known = Object.keys(inputs).length > 0;
    return { id, properties, inputs: known ? refreshed(inputs, olds, properties) : importedInputs(found, properties) };
  }

  async update(request: protocol.UpdateRequest): Promise<Properties> {
    const given = this.given(request.type, request.news);
    if (request.preview) return updatedOutputs(given, request.olds, request.oldInputs);
    const key = objectKey({ ...request, region: this.regionOf(given.row, given.region) });
    const made = await this.call("update", given, (cloud) => cloud.update(key, request.news, given.defaultTags));
    return restored(made, { ...request.olds, ...request.news });
  }

  async delete({ type, id, olds }: protocol.DeleteRequest): Promise<void> {
    const given = this.given(type, olds);
    const key = objectKey({ type, id, region: this.regionOf(given.row, given.region) });
    await this.call("delete", given, (cloud) => cloud.remove(key));
  }

  /** One call to the cloud: it fails when the region is lost or a fault was injected for it. */
  protected async call<T>(op: Fault["op"], at: Place, work: (cloud: Cloud) => T): Promise<T> {
    const asked = withCloud(this.cloudFile(), (cloud) => {
      cloud.expectAnswer(at.type, at.region);
      const fault = cloud.takeFault(op, at.type);
      const fails = fault !== undefined && fault.answerLost !== true;
      return fails ? { fault } : { fault, result: work(cloud) };
    });
    const outcome = await asked.catch((error: unknown) => Promise.reject(discreet(error, at.inputs ?? {})));
    if ("result" in outcome) return outcome.fault === undefined ? outcome.result : new Promise(() => undefined);
    throw new protocol.Refused(`${at.type}: ${outcome.fault.error}`);
  }

  /** Whether there is a cloud at all: a plan has none. */
  protected get hasCloud(): boolean {
    return this.file !== undefined;
  }

  private given(type: string, inputs: Properties): Given {
    const [row, defaultTags] = [this.row(type), this.defaultTags];
    return { type, row, inputs, defaultTags, region: text(inputs[this.place]) ?? this.region };
  }

  private regionOf(row: TypeRow, region: string | undefined): string {
    return row.global === true ? "global" : (region ?? this.region);
  }

  private row(type: string): TypeRow {
    const row = this.tables[type];
    if (row === undefined) throw new protocol.Refused(unknownType(type));
    return row;
  }

  private cloudFile(): string {
    if (this.file === undefined) throw new protocol.Refused("KEELSON_CLOUD does not name the stand-in cloud's file");
    return this.file;
  }

  /** The generated name of an object whose creation was interrupted: creating it again must not choose another. */
  private interrupted({ urn, olds }: protocol.CheckRequest, { name }: TypeRow): Value | undefined {
    if (this.file === undefined || name === undefined || Object.keys(olds).length > 0) return undefined;
    const left = ObjectIndex.of(peek(this.file)).ofUrn(urn);
    return left.find((one) => !one.recorded && one.status === "live")?.properties[name.property];
  }

  /** The engine asks about an id only when its state holds it. Remembered in batches: one write for many at once. */
  private async record(key: string): Promise<void> {
    if (this.file === undefined || peek(this.file).objects.get(key)?.recorded !== false) return;
    this.shown.add(key);
    this.recording ??= Promise.resolve().then(() => this.flush(this.cloudFile()));
    await this.recording;
  }

  private flush(file: string): Promise<void> {
    const keys = [...this.shown];
    this.shown.clear();
    this.recording = undefined;
    return withCloud(file, (cloud) => cloud.record(keys));
  }
}

/** The cloud quotes what it refuses; nothing secret of it is passed on. */
const discreet = (error: unknown, inputs: Properties): unknown =>
  error instanceof protocol.Refused ? new protocol.Refused(redacted(error.message, inputs)) : error;

/**
 * Repeating a creation after a crash must return the object of the first attempt; replacing a resource must make a second
 * one under the same URN. Both are a create call. They are told apart by two things: the token (URN and the inputs that
 * force replacement, without names we made up) must be equal, and the engine must not have recorded the earlier object.
 * It has, once it has asked about the id or `Cloud.record` said so.
 */
export function tokenOf(urn: string, { row, inputs, region }: Given): string {
  const made = new Set([...generatedNames(inputs), MARKS]);
  const identity = Object.entries(inputs).filter(([name]) => !made.has(name) && forcesNew(row, [name]));
  return hexOf(canonical({ urn, region, inputs: Object.fromEntries(identity) }), 32);
}

const forcesNew = (row: TypeRow, path: readonly (string | number)[]): boolean => {
  const written = path.filter((step) => typeof step === "string").join(".");
  return row.forceNew.some((one) => one === written || written.startsWith(`${one}.`) || one.startsWith(`${written}.`));
};

/** Dropping an input that the provider computes keeps its value, so it is no change. */
function changesOf({ oldInputs, news, ignoreChanges }: protocol.DiffRequest, { type, row }: Given) {
  const computed = new Set(facts(type)?.computed ?? []);
  const counts = ([name]: [string, Value]) => news[name] !== undefined || !computed.has(name);
  const olds = Object.fromEntries(Object.entries(unmarked(oldInputs)).filter(counts));
  return compare({ olds, news: unmarked(news), ignore: ignoreChanges, replaces: (path) => forcesNew(row, path) });
}

/** What changes through the provider's configuration: its region (a new object), its default tags. */
function standingChanges({ olds }: protocol.DiffRequest, given: Given, place: string) {
  const { type, row, region, inputs, defaultTags } = given;
  const changes: Record<string, Change> = {};
  const [oldRegion, oldTags] = [text(olds[place]), olds["tagsAll"]];
  if (row.global !== true && oldRegion !== undefined && oldRegion !== region)
    changes[place] = { kind: "update", replace: true };
  const tags = mergeTags(defaultTags, inputs["tags"]);
  if (facts(type)?.outputs.includes("tagsAll") === true && oldTags !== undefined && !equal(oldTags, tags))
    changes["tagsAll"] = { kind: "update", replace: false };
  return changes;
}

function stableOutputs({ type, row }: Given): readonly string[] {
  const moving = new Set([...(row.unstable ?? []), "tagsAll"]);
  return (facts(type)?.outputs ?? []).filter((name) => !moving.has(name));
}

const placeIn = (olds: Properties, place: string): Properties =>
  olds[place] === undefined ? {} : { [place]: olds[place] };

const restored = ({ properties }: CloudObject, state: Properties): Properties =>
  restore(properties, state) as Properties;

/** Inputs follow the object where it changed behind the engine's back. */
function refreshed(inputs: Properties, olds: Properties, now: Properties): Properties {
  const entries = Object.entries(inputs).map(([name, value]): [string, Value | undefined] =>
    name === MARKS || equal(olds[name], now[name]) ? [name, value] : [name, now[name]],
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

const importedInputs = ({ given }: CloudObject, properties: Properties): Properties =>
  Object.fromEntries([...given.map((name) => [name, properties[name] ?? null] as const), [MARKS, []]]);
