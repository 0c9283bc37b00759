/**
 * The stand-in cloud: creates, changes and deletes objects by the type tables, and refuses what a cloud refuses. Providers
 * and played controllers both use it, through `withCloud`.
 */
import { catalog } from "./catalog";
import { digits, objectKey, partitionOf } from "./minting";
import { objectOutputs, unmarked } from "./outputs";
import { Refused } from "./provider";
import { dependencyViolation, noAnswer, resolve, verify } from "./rules";
import { ObjectIndex } from "./object-index";
import { withState, type CloudObject, type CloudState, type Fault, type RefKind } from "./store";
import type { Minting, TypeRow, TypeTable } from "./types";
import { reveal, type Properties, type Value } from "./values";

export interface Creation {
  readonly region: string;
  /** `engine`, or the name of the played controller. */
  readonly owner: string;
  readonly urn?: string;
  /** The id of what existed before. @default - minted */
  readonly id?: string;
  /** Repeating a creation with the same token returns the object of the first, while the engine has not recorded it. */
  readonly token?: string;
  /** Tags that every object of this creator gets. */
  readonly defaultTags?: Properties;
}

/** `KEELSON_ACCOUNT`, or the account of AWS's own examples. */
export const accountId = (): string => process.env["KEELSON_ACCOUNT"] ?? "123456789012";

/** `KEELSON_ACCOUNT`, or the subscription of Azure's own examples. */
export const subscriptionId = (): string => process.env["KEELSON_ACCOUNT"] ?? "00000000-0000-0000-0000-000000000000";

const accountOf = (type: string): string => (type.startsWith("azure-native:") ? subscriptionId() : accountId());

/** Works on the cloud in `file` with nobody else at it; all of it is kept, or none when `work` throws. */
export const withCloud = <T>(file: string, work: (cloud: Cloud) => T, tables: TypeTable = catalog): Promise<T> =>
  withState(file, (state) => {
    const cloud = new Cloud(state, tables);
    const result = work(cloud);
    return { result, changed: cloud.changed };
  });

/**
 * Says that the engine's state holds these resources, so that a later creation with the same token is a replacement and not
 * a repetition. The provider learns it from most runs itself, but not from one that replaces by request (`--replace`).
 */
export const recordObjects = (file: string, resources: readonly { readonly type: string; readonly id: string }[]) =>
  withCloud(file, (cloud) => {
    const known = new Set(resources.map(({ type, id }) => `${type} ${id}`));
    cloud.record(cloud.objects(({ type, id }) => known.has(`${type} ${id}`)).map(objectKey));
  });

type Source = Pick<CloudObject, "type" | "region" | "seed" | "created">;

interface Building extends Source {
  readonly inputs: Properties;
  readonly by: Omit<Creation, "region">;
  readonly old?: CloudObject;
}

export class Cloud {
  changed = false;
  private readonly index: ObjectIndex;

  constructor(
    private readonly state: CloudState,
    private readonly tables: TypeTable,
  ) {
    this.index = ObjectIndex.of(state);
  }

  /** Makes an object, or returns the one an interrupted creation with the same token left behind. */
  create(type: string, inputs: Properties, by: Creation): CloudObject {
    const region = this.regionOf(type, by.region);
    const again = this.unrecorded(by);
    if (again !== undefined) return this.update(objectKey(again), inputs, by.defaultTags ?? {});
    const seed = `${by.urn ?? by.owner} ${(this.state.counter += 1)}`;
    const source = { type, region, inputs, by, seed, created: new Date().toISOString() };
    if (this.row(type).overwrites?.(inputs) === true) this.drop(objectKey(this.mintAs(source)));
    const made = this.put(this.build(source));
    if (by.urn !== undefined) this.record(Object.keys(made.refs)); // the engine passes on ids that its state holds
    return made;
  }

  /** Gives the object these inputs; its identifiers stay. */
  update(key: string, inputs: Properties, defaultTags: Properties = {}): CloudObject {
    const old = this.expect(key);
    const { recorded, contents, status } = old;
    return this.put({
      ...this.build({ ...old, inputs, by: { ...old, defaultTags }, old }),
      recorded,
      contents,
      status,
    });
  }

  /** Deletes the object with all that only exists in it, unless something still refers to it. */
  remove(key: string): void {
    const object = this.index.get(key);
    if (object === undefined || object.status !== "live") return;
    const referrers = this.referrers(key, "blocks");
    if (referrers.length > 0) throw new Refused(dependencyViolation(object, referrers));
    const reason = this.row(object.type).keeps?.(object, this.mint({ ...object, inputs: object.properties }));
    if (reason === "pending") return void this.put({ ...object, status: "pendingDeletion" });
    if (reason !== undefined) throw new Refused(reason);
    for (const inside of this.referrers(key, "follows")) this.drop(objectKey(inside));
    this.drop(key);
  }

  get(type: string, region: string, id: string): CloudObject | undefined {
    const object = this.index.get(objectKey({ type, region: this.regionOf(type, region), id }));
    return object?.status === "live" ? object : undefined;
  }

  /** By id, ARN, name, or the id of something another object brings with it (a VPC's default security group). */
  find(type: string, handle: Value | undefined, region: string): CloudObject | undefined {
    const isWhole = /^(arn:|\/subscriptions\/)/.test(String(handle)) || this.hasOneOfName(type);
    return this.index.find(type, handle).find((one) => one.status === "live" && (isWhole || isNear(one, region)));
  }

  /** Whether a name alone says which object is meant, in whatever region it lies: a resource group, a key vault. */
  private hasOneOfName(type: string): boolean {
    return (this.tables[type]?.unique ?? []).some((one) => one.in !== "region" && one.by.length === 1);
  }

  objects(where: (object: CloudObject) => boolean = () => true): readonly CloudObject[] {
    return [...this.state.objects.values()].filter(where);
  }

  /** Live objects that refer to this one. */
  referrers(key: string, kind?: RefKind): readonly CloudObject[] {
    return this.objects(({ refs, status }) => status === "live" && (kind ? refs[key] === kind : key in refs));
  }

  /** The engine's state holds these objects: from now on a creation with the same token makes a new one. */
  record(keys: readonly string[]): void {
    for (const key of keys) {
      const object = this.index.get(key);
      if (object?.recorded === false) this.put({ ...object, recorded: true });
    }
  }

  /** Changes properties behind the engine's back: drift. */
  change(key: string, properties: Properties): void {
    const object = this.expect(key);
    this.put({ ...object, properties: { ...object.properties, ...properties } });
  }

  /** Says how many things lie in a bucket or repository. */
  fill(key: string, contents: number): void {
    this.put({ ...this.expect(key), contents });
  }

  /** Removes an object without asking, as a colleague in the console would. */
  drop(key: string): void {
    this.index.drop(key);
    this.changed = true;
  }

  loseRegion(region: string): void {
    this.state.lostRegions = [...new Set([...this.state.lostRegions, region])];
    this.changed = true;
  }

  recoverRegion(region: string): void {
    this.state.lostRegions = this.state.lostRegions.filter((lost) => lost !== region);
    this.changed = true;
  }

  injectFault(fault: Fault): void {
    this.state.faults = [...this.state.faults, fault];
    this.changed = true;
  }

  /** Every injected fault is over. */
  clearFaults(): void {
    this.state.faults = [];
    this.changed = true;
  }

  /** The injected fault that this call meets, counting it down; undefined when there is none. */
  takeFault(op: Fault["op"], type: string): Fault | undefined {
    const fault = this.state.faults.find((one) => one.op === op && one.times > 0 && (one.type ?? type) === type);
    if (fault === undefined) return undefined;
    this.state.faults = this.state.faults.map((one) => (one === fault ? { ...one, times: one.times - 1 } : one));
    this.changed = true;
    return fault;
  }

  /** A lost region answers nothing at all. */
  expectAnswer(type: string, region: string): void {
    const where = this.tables[type] === undefined ? region : this.regionOf(type, region);
    if (this.state.lostRegions.includes(where)) throw new Refused(noAnswer(type, where));
  }

  private unrecorded({ urn, token }: Creation): CloudObject | undefined {
    if (urn === undefined || token === undefined) return undefined;
    return this.index.ofUrn(urn).find((one) => !one.recorded && one.token === token && one.status === "live");
  }

  private build(from: Building): CloudObject {
    const { type, region, by, seed, created } = from;
    const [row, given] = [this.row(type), unmarked(from.inputs)];
    const minting = this.mint(
      { ...from, inputs: { ...row.defaults, ...(reveal(given) as Properties) } },
      from.old?.id ?? by.id,
    );
    const refs = resolve(type, row, minting);
    const key = objectKey({ type, region, id: minting.id });
    const others = this.index.ofType(type).filter((one) => one.seed !== seed);
    verify({ type, row, minting: without(minting, from.old), others, isNew: from.old === undefined });
    if (from.old === undefined && this.index.get(key) !== undefined)
      throw new Refused(`${key} already exists (AlreadyExists)`);
    const tags = by.defaultTags ?? {};
    return {
      ...{
        type,
        id: minting.id,
        region,
        urn: by.urn ?? "",
        owner: by.owner,
        token: by.token ?? "",
        seed,
        created,
        refs,
      },
      ...{ recorded: by.owner !== "engine", status: "live", contents: 0, given: Object.keys(given) },
      properties: objectOutputs({ type, row, inputs: given, defaultTags: tags, region }, minting),
      handles: [...new Set([minting.id, minting.arn, ...(row.handles?.(minting) ?? [])])].filter((one) => one !== ""),
      lends: row.lends?.(minting) ?? {},
    };
  }

  private mint({ type, region, seed, created, inputs }: Source & { inputs: Properties }, oldId?: string): Minting {
    const blank: Minting = {
      ...{ inputs, id: "", arn: "", account: accountOf(type), region, created, hex: digits(seed) },
      partition: partitionOf(region),
      find: (of, handle) => this.find(of, handle, region),
      all: (of) => this.index.ofType(of).filter((one) => isNear(one, region) && one.status === "live"),
    };
    const row = this.row(type);
    const named = { ...blank, id: oldId ?? row.id(blank) };
    return { ...named, arn: row.arn?.(named) ?? "" };
  }

  private mintAs({ type, region, ...source }: Building): Pick<CloudObject, "type" | "region" | "id"> {
    return { type, region, id: this.mint({ ...source, type, region, inputs: reveal(source.inputs) as Properties }).id };
  }

  private regionOf(type: string, region: string): string {
    return this.row(type).global === true ? "global" : region;
  }

  private row(type: string): TypeRow {
    const row = this.tables[type];
    if (row === undefined) throw new Refused(unknownType(type));
    return row;
  }

  private expect(key: string): CloudObject {
    const object = this.index.get(key);
    if (object === undefined) throw new Refused(`${key} does not exist (NotFound)`);
    return object;
  }

  private put(object: CloudObject): CloudObject {
    this.index.put(objectKey(object), object);
    this.changed = true;
    return object;
  }
}

/** What lives in every region sees every region: a private zone is tied to a network of one. */
const isNear = (one: CloudObject, region: string): boolean =>
  [one.region, region].includes("global") || one.region === region;

/** An object is no rival of itself. */
const without = (minting: Minting, self: CloudObject | undefined): Minting =>
  self === undefined ? minting : { ...minting, all: (of) => minting.all(of).filter((one) => one.seed !== self.seed) };

export const unknownType = (type: string): string =>
  `the stand-in cloud has no row for ${type}: add one to embedded/standin/${folderOf(type)}/ and to its list there`;

const folderOf = (type: string): string => (type.split(":")[0] ?? "").replace(/-native$/, "");
