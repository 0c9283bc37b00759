import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "../../embedded/standin/aws/provider";
import { awsTypes } from "../../embedded/standin/aws/types";
import { compare } from "../../embedded/standin/diff";
import { recordObjects, withCloud } from "../../embedded/standin/cloud";
import { RandomProvider } from "../../embedded/standin/random/provider";
import { isSecret, reveal, secret, UNKNOWN, type Properties } from "../../embedded/standin/values";

const VPC = "aws:ec2/vpc:Vpc";
const ROLE = "aws:iam/role:Role";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const SEED = Buffer.from("the same for every attempt");

describe("the stand-in AWS provider", () => {
  let folder: string;
  let file: string;
  let aws: AwsProvider;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keelson-provider-"));
    file = join(folder, "cloud.json");
    aws = provider();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const provider = (args: Properties = {}) => {
    const made = new AwsProvider("7.0.0", awsTypes, file);
    made.configure({ urn: "", args: { region: "eu-west-1", ...args } });
    return made;
  };
  const subject = (type: string, name = "main") => ({ urn: `urn:pulumi:dev::p::${type}::${name}`, type, name });
  const check = (type: string, news: Properties, olds: Properties = {}) =>
    aws.check({ ...subject(type), news, olds, seed: SEED });
  const create = (type: string, inputs: Properties, name = "main", by = aws) =>
    by.create({ ...subject(type, name), inputs, preview: false, timeoutSeconds: 0 });
  const plan = (type: string, inputs: Properties) =>
    aws.create({ ...subject(type), inputs, preview: true, timeoutSeconds: 0 });
  const diff = (
    type: string,
    oldInputs: Properties,
    news: Properties,
    more: { olds?: Properties; by?: AwsProvider } = {},
  ) => (more.by ?? aws).diff({ ...subject(type), id: "x", olds: more.olds ?? {}, oldInputs, news, ignoreChanges: [] });

  it("makes a name from the seed, cuts it to the type's length and keeps it afterwards", () => {
    const { inputs } = check(ROLE, { assumeRolePolicy: "{}" });
    assert.match(String(inputs["name"]), /^main-[0-9a-f]{7}$/);
    assert.deepEqual(check(ROLE, { assumeRolePolicy: "{}" }).inputs, inputs, "the same seed makes the same name");
    const later = aws.check({
      ...subject(ROLE),
      news: { assumeRolePolicy: "{}" },
      olds: inputs,
      seed: Buffer.from("new"),
    });
    assert.equal(later.inputs["name"], inputs["name"]);
    const long = aws.check({ ...subject(ROLE, "x".repeat(100)), news: {}, olds: {}, seed: SEED });
    assert.equal(String(long.inputs["name"]).length, 64);
    assert.match(String(check("aws:kms/alias:Alias", { targetKeyId: UNKNOWN }).inputs["name"]), /^alias\/main-/);
    assert.equal(check(ROLE, { assumeRolePolicy: "{}", namePrefix: "p-" }).inputs["name"], undefined);
  });

  it("quotes no secret when it refuses one, however short", async () => {
    const { failures } = check(VPC, { cidrBlock: secret("hunter22") });
    assert.deepEqual(failures, [
      { property: "cidrBlock", reason: 'got "[secret]", want a CIDR block such as 10.0.0.0/16' },
    ]);
    const subnet = { vpcId: secret("vpc-hunter22"), cidrBlock: "10.0.0.0/24" };
    await assert.rejects(create("aws:ec2/subnet:Subnet", subnet), (error: Error) => {
      assert.match(error.message, /vpcId is \[secret\], but no Vpc of that name exists/);
      return true;
    });
  });

  it("replaces for exactly the properties of the type's table, at any depth", async () => {
    const type = "aws:eks/cluster:Cluster";
    const vpcConfig = { subnetIds: ["subnet-1"], endpointPublicAccess: true };
    const old = {
      name: "shop",
      roleArn: "arn:aws:iam::1:role/x",
      vpcConfig,
      kubernetesNetworkConfig: { ipFamily: "ipv4" },
    };
    const changed = { ...old, vpcConfig: { ...vpcConfig, endpointPublicAccess: false }, version: "1.35" };
    const inPlace = await diff(type, old, changed);
    assert.deepEqual(inPlace.detailed, {
      "vpcConfig.endpointPublicAccess": { kind: "update", replace: false },
      version: { kind: "add", replace: false },
    });
    const anew = await diff(type, old, { ...old, kubernetesNetworkConfig: { ipFamily: "ipv6" } });
    assert.deepEqual(anew.detailed, { "kubernetesNetworkConfig.ipFamily": { kind: "update", replace: true } });
    const unknown = await diff(type, old, { ...old, roleArn: UNKNOWN });
    assert.deepEqual(unknown.detailed, { roleArn: { kind: "update", replace: true } });
  });

  it("counts dropping a computed input as no change, and other drops as changes", async () => {
    const old = { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, enableDnsSupport: false };
    assert.deepEqual((await diff(VPC, old, { cidrBlock: "10.0.0.0/16" })).detailed, {
      enableDnsSupport: { kind: "delete", replace: false },
    });
  });

  it("updates for changed default tags and replaces for another region", async () => {
    const olds = { region: "eu-west-1", tagsAll: { stage: "dev" } };
    const inputs = { cidrBlock: "10.0.0.0/16", tags: { stage: "dev" } };
    assert.deepEqual((await diff(VPC, inputs, inputs, { olds })).detailed, {});
    const tagged = provider({ defaultTags: '{"tags":{"team":"shop"}}' });
    assert.deepEqual((await diff(VPC, inputs, inputs, { olds, by: tagged })).detailed, {
      tagsAll: { kind: "update", replace: false },
    });
    const moved = await diff(VPC, inputs, inputs, { olds, by: provider({ region: "eu-west-2" }) });
    assert.deepEqual(moved.detailed, { region: { kind: "update", replace: true } });
    const role = { assumeRolePolicy: "{}" };
    assert.deepEqual((await diff(ROLE, role, role, { by: provider({ region: "eu-west-2" }) })).detailed, {});
  });

  it("plans what is known and leaves computed parts of given blocks unknown", async () => {
    const { id, properties } = await plan("aws:eks/cluster:Cluster", {
      name: "shop",
      vpcConfig: { subnetIds: [UNKNOWN] },
    });
    assert.equal(id, "");
    const { vpcConfig, endpoint, name, region } = properties;
    assert.deepEqual({ endpoint, name, region }, { endpoint: UNKNOWN, name: "shop", region: "eu-west-1" });
    assert.deepEqual(vpcConfig, { subnetIds: [UNKNOWN], clusterSecurityGroupId: UNKNOWN, vpcId: UNKNOWN });
  });

  it("keeps stable outputs known while an update is planned, and the others not", async () => {
    const type = "aws:ec2/launchTemplate:LaunchTemplate";
    const oldInputs = { name: "nodes" };
    const { id, properties } = await create(type, oldInputs);
    const asked = {
      ...subject(type),
      id,
      olds: properties,
      oldInputs,
      ignoreChanges: [],
      timeoutSeconds: 0,
      preview: true,
    };
    const planned = await aws.update({ ...asked, news: { name: "nodes", description: "new" } });
    assert.equal(planned["arn"], properties["arn"]);
    assert.equal(planned["latestVersion"], UNKNOWN);
    assert.equal(planned["description"], "new");
    assert.ok(((await diff(type, oldInputs, oldInputs)).stables ?? []).includes("arn"));
  });

  it("adopts the object of an interrupted creation, with its generated name, and makes a new one once it is recorded", async () => {
    const first = check(GROUP, { vpcId: (await create(VPC, { cidrBlock: "10.0.0.0/16" }, "net")).id }).inputs;
    const made = await create(GROUP, first);
    const retry = provider();
    const { vpcId = "" } = first;
    const again = retry.check({
      ...subject(GROUP),
      news: { vpcId },
      olds: {},
      seed: Buffer.from("another run"),
    }).inputs;
    assert.equal(again["name"], first["name"]);
    assert.equal((await create(GROUP, again, "main", retry)).id, made.id);
    await retry.diff({
      ...subject(GROUP),
      id: made.id,
      olds: made.properties,
      oldInputs: again,
      news: again,
      ignoreChanges: [],
    });
    const next = retry.check({
      ...subject(GROUP),
      news: { vpcId },
      olds: {},
      seed: Buffer.from("a replacement"),
    }).inputs;
    assert.notEqual(next["name"], first["name"]);
    assert.notEqual((await create(GROUP, next, "main", retry)).id, made.id);
  });

  it("reads an object by id alone, its secrets from the engine's state, and nothing where it is gone", async () => {
    const type = "aws:elasticache/user:User";
    const inputs = {
      ...{ userId: "order", userName: "order", engine: "valkey", accessString: "on ~* +@all" },
      passwords: secret(["a password of enough letters"]),
    };
    const { id, properties } = await create(type, inputs);
    assert.ok(isSecret(properties["passwords"]));
    const imported = await aws.read({ ...subject(type), id, olds: {}, inputs: {} });
    assert.equal(imported?.inputs["userId"], "order");
    const refreshed = await aws.read({ ...subject(type), id, olds: properties, inputs });
    assert.deepEqual(refreshed?.properties, properties);
    assert.deepEqual(refreshed?.inputs, inputs);
    const changed = { ...properties, passwords: secret(["rotated by somebody"]) };
    const drifted = await aws.read({ ...subject(type), id, olds: changed, inputs });
    assert.notDeepEqual(drifted?.properties["passwords"], changed.passwords);
    await aws.delete({ ...subject(type), id, olds: properties, oldInputs: inputs, timeoutSeconds: 0 });
    assert.equal(await aws.read({ ...subject(type), id, olds: properties, inputs }), undefined);
  });

  it("gives a cluster the local control plane's endpoint where one runs", async () => {
    const plane = join(folder, "control-plane.json");
    writeFileSync(plane, JSON.stringify({ endpoint: "https://127.0.0.1:6443", caData: "Q0E=" }));
    const vpcId = (await create(VPC, { cidrBlock: "10.0.0.0/16" })).id;
    const subnets = ["a", "b"].map((zone, at) =>
      create(
        "aws:ec2/subnet:Subnet",
        { vpcId, cidrBlock: `10.0.${at}.0/24`, availabilityZone: `eu-west-1${zone}` },
        zone,
      ),
    );
    const subnetIds = (await Promise.all(subnets)).map(({ id }) => id);
    const { properties: role } = await create(ROLE, { name: "cluster", assumeRolePolicy: "{}" });
    const cluster = (name: string) =>
      create("aws:eks/cluster:Cluster", { name, roleArn: role["arn"] ?? "", vpcConfig: { subnetIds } }, name);
    process.env["KEELSON_CONTROL_PLANE"] = plane;
    const local = await cluster("local").finally(() => delete process.env["KEELSON_CONTROL_PLANE"]);
    assert.equal(local.properties["endpoint"], "https://127.0.0.1:6443");
    assert.deepEqual(local.properties["certificateAuthority"], { data: "Q0E=" });
    assert.match(
      String((await cluster("none").then((made) => made.properties))["endpoint"]),
      /\.gr7\.eu-west-1\.eks\.amazonaws\.com$/,
    );
  });

  it("refuses a configuration without region or with a foreign account", () => {
    assert.throws(() => provider({ region: "Ireland" }), /aws:region is Ireland, want one such as eu-west-1/);
    assert.throws(
      () => provider({ allowedAccountIds: '["111111111111"]' }),
      /AWS account ID not allowed: 123456789012/,
    );
    provider({ allowedAccountIds: '["123456789012"]' });
  });

  it("answers a closed list of functions", async () => {
    const ask = (token: string) => aws.invoke({ token, args: {}, preview: false });
    assert.equal((await ask("aws:index/getCallerIdentity:getCallerIdentity")).result["accountId"], "123456789012");
    assert.equal((await ask("aws:index/getPartition:getPartition")).result["partition"], "aws");
    assert.equal((await ask("aws:index/getRegion:getRegion")).result["region"], "eu-west-1");
    const zones = (await ask("aws:index/getAvailabilityZones:getAvailabilityZones")).result;
    assert.deepEqual(zones["names"], ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    await assert.rejects(ask("aws:ec2/getAmi:getAmi"), /add it to INVOKES in embedded\/standin\/aws\/provider\.ts/);
  });

  it("plans without a cloud, and says so when asked for more", async () => {
    const planner = new AwsProvider("7.0.0", awsTypes, undefined);
    planner.configure({ urn: "", args: { region: "eu-west-1" } });
    const token = "aws:index/getRegion:getRegion";
    assert.equal((await planner.invoke({ token, args: {}, preview: true })).result["region"], "eu-west-1");
    const asked = { ...subject(VPC), inputs: { cidrBlock: "10.0.0.0/16" }, timeoutSeconds: 0 };
    assert.equal((await planner.create({ ...asked, preview: true })).properties["arn"], UNKNOWN);
    await assert.rejects(planner.create({ ...asked, preview: false }), /KEELSON_CLOUD does not name/);
  });

  it("makes a new object when told that the engine has the old one", async () => {
    const inputs = check(VPC, { cidrBlock: "10.0.0.0/16" }).inputs;
    const first = await create(VPC, inputs);
    assert.equal((await create(VPC, inputs)).id, first.id);
    await recordObjects(file, [{ type: VPC, id: first.id }]);
    assert.notEqual((await create(VPC, inputs)).id, first.id);
  });

  it("lives in the region a resource names, not only in the provider's", async () => {
    const { id, properties } = await create(VPC, { cidrBlock: "10.0.0.0/16", region: "us-east-1" });
    assert.match(String(properties["arn"]), /^arn:aws:ec2:us-east-1:/);
    assert.ok(await aws.read({ ...subject(VPC), id, olds: properties, inputs: {} }));
    assert.equal(await withCloud(file, (cloud) => cloud.get(VPC, "eu-west-1", id)), undefined);
  });
});

describe("the stand-in random provider", () => {
  const random = new RandomProvider("4.0.0");
  const ask = (type: string, inputs: Properties, preview = false) =>
    random.create({ urn: "u", type, name: "n", inputs, preview, timeoutSeconds: 0 });

  it("makes passwords that keep their rules, as secrets", () => {
    const rules = { length: 30, minUpper: 3, minNumeric: 20, minSpecial: 2, lower: false, overrideSpecial: "_" };
    const { properties } = ask("random:index/randomPassword:RandomPassword", rules);
    assert.ok(isSecret(properties["result"]) && isSecret(properties["bcryptHash"]));
    const made = String(reveal(properties["result"] ?? ""));
    assert.match(made, /^[A-Z0-9_]{30}$/);
    assert.ok(made.replace(/\D/g, "").length >= 20 && made.replace(/[^_]/g, "").length >= 2, made);
  });

  it("makes ids and strings, unknown at preview", () => {
    const { id, properties } = ask("random:index/randomId:RandomId", { byteLength: 4, prefix: "k-" });
    assert.equal(Buffer.from(id, "base64url").length, 4);
    assert.match(String(properties["hex"]), /^k-[0-9a-f]{8}$/);
    assert.equal(ask("random:index/randomId:RandomId", { byteLength: 4 }, true).properties["hex"], UNKNOWN);
    assert.equal(ask("random:index/randomString:RandomString", { length: 9, special: false }).id.length, 9);
    assert.throws(
      () => ask("random:index/randomPet:RandomPet", {}),
      /no stand-in for random:index\/randomPet:RandomPet/,
    );
  });
});

describe("the difference of inputs", () => {
  const paths = (olds: Properties, news: Properties, ignore: string[] = []) =>
    Object.entries(compare({ olds, news, ignore, replaces: ([name]) => name === "id" })).map(
      ([path, { kind, replace }]) => `${kind}${replace ? "+" : ""} ${path}`,
    );

  it("names nested properties as the engine does", () => {
    const olds = { id: 1, tags: { "a/b": "1", c: "2" }, rules: [{ port: 1 }, { port: 2 }] };
    const news = { id: 2, tags: { "a/b": "2" }, rules: [{ port: 1 }, { port: 3 }, { port: 4 }] };
    const found = paths(olds, news);
    assert.deepEqual(found, [
      "update+ id",
      'update tags["a/b"]',
      "delete tags.c",
      "update rules[1].port",
      "add rules[2]",
    ]);
    assert.deepEqual(paths(olds, news, ["tags", "rules[1]"]), ["update+ id", "add rules[2]"]);
  });

  it("sees secrecy and unknowns as changes, order of keys not", () => {
    assert.deepEqual(paths({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }), []);
    assert.deepEqual(paths({ a: "1" }, { a: UNKNOWN }), ["update a"]);
    assert.deepEqual(paths({ a: secret("1") }, { a: secret("1") }), []);
    assert.deepEqual(paths({ a: secret("1") }, { a: secret("2") }), ["update a"]);
  });
});
