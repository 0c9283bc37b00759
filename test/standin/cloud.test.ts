import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareAccount } from "../../embedded/standin/aws/account";
import { type Cloud, withCloud } from "../../embedded/standin/cloud";
import { objectKey } from "../../embedded/standin/minting";
import type { CloudObject } from "../../embedded/standin/store";
import type { Properties } from "../../embedded/standin/values";
import { secret } from "../../embedded/standin/values";

const HOME = { region: "eu-west-1", owner: "test" };
const AWAY = { region: "eu-west-2", owner: "test" };
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const BUCKET = "aws:s3/bucket:Bucket";
const ROLE = "aws:iam/role:Role";
const KEY = "aws:kms/key:Key";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EMPTY_POLICY = "{}";

describe("the stand-in cloud", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keelson-cloud-"));
    file = join(folder, "cloud.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = <T>(work: (cloud: Cloud) => T) => withCloud(file, work);
  const network = (cloud: Cloud) => {
    const vpc = cloud.create(VPC, { cidrBlock: "10.0.0.0/16" }, HOME);
    const subnets = ["a", "b"].map((zone, at) =>
      cloud.create(SUBNET, { vpcId: vpc.id, cidrBlock: `10.0.${at}.0/24`, availabilityZone: `eu-west-1${zone}` }, HOME),
    );
    return { vpc, subnets, ids: subnets.map(({ id }) => id) };
  };
  const cluster = (cloud: Cloud, more: Properties = {}) => {
    const { ids, vpc } = network(cloud);
    const role = cloud.create(ROLE, { name: "cluster", assumeRolePolicy: EMPTY_POLICY }, HOME);
    const vpcConfig = { subnetIds: ids };
    const made = cloud.create(
      "aws:eks/cluster:Cluster",
      { name: "shop", roleArn: arn(role), vpcConfig, ...more },
      HOME,
    );
    return { made, ids, vpc, role };
  };

  it("mints identifiers in the cloud's own shapes, never the same twice", async () => {
    await run((cloud) => {
      const { vpc } = network(cloud);
      assert.match(vpc.id, /^vpc-0[0-9a-f]{16}$/);
      assert.equal(arn(vpc), `arn:aws:ec2:eu-west-1:123456789012:vpc/${vpc.id}`);
      const other = cloud.create(VPC, { cidrBlock: "10.0.0.0/16" }, HOME);
      assert.notEqual(other.id, vpc.id);
      const bucket = cloud.create(BUCKET, { bucket: "keelson-dev" }, HOME);
      assert.equal(arn(bucket), "arn:aws:s3:::keelson-dev");
      const key = cloud.create(KEY, { multiRegion: true }, HOME);
      assert.match(arn(key), /^arn:aws:kms:eu-west-1:123456789012:key\/mrk-[0-9a-f]{32}$/);
      assert.match(cloud.create(KEY, {}, HOME).id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    });
    await run((cloud) => assert.equal(arn(cluster(cloud).made), "arn:aws:eks:eu-west-1:123456789012:cluster/shop"));
  });

  it("refuses a reference to what does not exist, or exists in another region only", async () => {
    const missing = run((cloud) => cloud.create(SUBNET, { vpcId: "vpc-0123", cidrBlock: "10.0.0.0/24" }, HOME));
    await assert.rejects(missing, /vpcId is vpc-0123, but no Vpc of that name exists in eu-west-1 \(Vpc\.NotFound\)/);
    const far = run((cloud) => {
      const { id } = cloud.create(VPC, { cidrBlock: "10.0.0.0/16" }, AWAY);
      cloud.create(SUBNET, { vpcId: id, cidrBlock: "10.0.0.0/24" }, HOME);
    });
    await assert.rejects(far, /exists in eu-west-1/);
  });

  it("keeps nothing of work that was refused", async () => {
    const work = run((cloud) => {
      network(cloud);
      throw new Error("stop");
    });
    await assert.rejects(work, /stop/);
    assert.equal((await run((cloud) => cloud.objects())).length, 0);
  });

  it("refuses to delete what others refer to, and takes along what only exists inside", async () => {
    await run((cloud) => {
      const { vpc, ids } = network(cloud);
      const group = cloud.create(GROUP, { name: "web", vpcId: vpc.id }, HOME);
      const peer = cloud.create(GROUP, { name: "lb", vpcId: vpc.id }, HOME);
      const rule = { securityGroupId: group.id, ipProtocol: "tcp", fromPort: 80, toPort: 80 };
      cloud.create(RULE, { ...rule, referencedSecurityGroupId: peer.id }, HOME);
      assert.throws(() => cloud.remove(objectKey(vpc)), new RegExp(`DependencyViolation: Vpc ${vpc.id}.*${ids[0]}`));
      assert.throws(() => cloud.remove(objectKey(peer)), /DependencyViolation: SecurityGroup/);
      cloud.remove(objectKey(group));
      assert.equal(cloud.objects(({ type }) => type === RULE).length, 0, "the group's rules went with it");
      cloud.remove(objectKey(peer));
    });
  });

  it("lets a controller's objects hold on to the network until they are gone", async () => {
    await run((cloud) => {
      const { vpc, subnets, ids } = network(cloud);
      const by = { region: "eu-west-1", owner: "aws-load-balancer-controller" };
      const balancer = cloud.create("aws:lb/loadBalancer:LoadBalancer", { name: "k8s-shop", subnets: ids }, by);
      const target = cloud.create(
        "aws:lb/targetGroup:TargetGroup",
        { name: "k8s-order", vpcId: vpc.id, port: 8080 },
        by,
      );
      const defaultActions = [{ type: "forward", targetGroupArn: target.id }];
      cloud.create("aws:lb/listener:Listener", { loadBalancerArn: balancer.id, port: 443, defaultActions }, by);
      assert.throws(() => cloud.remove(objectKey(subnets[0] as CloudObject)), /of aws-load-balancer-controller/);
      assert.throws(() => cloud.remove(objectKey(target)), /DependencyViolation/);
      for (const one of [balancer, target, ...subnets]) cloud.remove(objectKey(one));
      assert.equal(cloud.objects().length, 1);
    });
  });

  it("takes a bucket's name in the world, a role's in the account, a cluster's in the region", async () => {
    await run((cloud) => {
      cloud.create(BUCKET, { bucket: "keelson" }, HOME);
      assert.throws(() => cloud.create(BUCKET, { bucket: "keelson" }, AWAY), /already exists in the world/);
      cloud.create(ROLE, { name: "velero", assumeRolePolicy: EMPTY_POLICY }, HOME);
      const again = () => cloud.create(ROLE, { name: "velero", assumeRolePolicy: EMPTY_POLICY }, AWAY);
      assert.throws(again, /already exists in this account/);
      cloud.create("aws:cloudwatch/logGroup:LogGroup", { name: "/eks/shop" }, HOME);
      cloud.create("aws:cloudwatch/logGroup:LogGroup", { name: "/eks/shop" }, AWAY);
    });
  });

  it("holds quotas", async () => {
    await run((cloud) => {
      for (let at = 0; at < 5; at += 1) cloud.create(VPC, { cidrBlock: `10.${at}.0.0/16` }, HOME);
      assert.throws(
        () => cloud.create(VPC, { cidrBlock: "10.9.0.0/16" }, HOME),
        /5 of 5 in eu-west-1 .*VpcLimitExceeded/,
      );
      const vpc = cloud.create(VPC, { cidrBlock: "10.9.0.0/16" }, AWAY);
      const group = cloud.create(GROUP, { name: "web", vpcId: vpc.id }, AWAY);
      const rule = (port: number) =>
        cloud.create(
          RULE,
          { securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, cidrIpv4: "10.0.0.0/8" },
          AWAY,
        );
      for (let port = 1; port <= 60; port += 1) rule(port);
      assert.throws(() => rule(61), /60 of 60 .*RulesPerSecurityGroupLimitExceeded/);
    });
  });

  it("repeats a creation by its token until the engine has recorded the object", async () => {
    await run((cloud) => {
      const by = { region: "eu-west-1", owner: "engine", urn: "urn:pulumi:dev::p::aws:ec2/vpc:Vpc::main", token: "t" };
      const first = cloud.create(VPC, { cidrBlock: "10.0.0.0/16" }, by);
      assert.equal(cloud.create(VPC, { cidrBlock: "10.0.0.0/16" }, by).id, first.id);
      assert.notEqual(cloud.create(VPC, { cidrBlock: "10.1.0.0/16" }, { ...by, token: "other" }).id, first.id);
      cloud.create(SUBNET, { vpcId: first.id, cidrBlock: "10.0.0.0/24" }, { ...HOME, urn: "urn:subnet" });
      assert.equal(cloud.objects(({ id }) => id === first.id)[0]?.recorded, true, "its id was passed on");
      assert.notEqual(cloud.create(VPC, { cidrBlock: "10.0.0.0/16" }, by).id, first.id);
    });
  });

  it("protects what is protected and what is not empty", async () => {
    await run((cloud) => {
      const bucket = cloud.create(BUCKET, { bucket: "full" }, HOME);
      cloud.fill(objectKey(bucket), 3);
      assert.throws(() => cloud.remove(objectKey(bucket)), /BucketNotEmpty: bucket full holds 3/);
      cloud.update(objectKey(bucket), { bucket: "full", forceDestroy: true });
      cloud.remove(objectKey(bucket));
      const { made } = cluster(cloud, { deletionProtection: true });
      assert.throws(() => cloud.remove(objectKey(made)), /set deletionProtection to false first/);
    });
  });

  it("only schedules the deletion of a key, which is then unusable", async () => {
    await run((cloud) => {
      const key = cloud.create(KEY, {}, HOME);
      cloud.remove(objectKey(key));
      assert.equal(cloud.get(KEY, "eu-west-1", key.id), undefined);
      assert.deepEqual(
        cloud.objects().map(({ status }) => status),
        ["pendingDeletion"],
      );
      const use = () => cloud.create("aws:cloudwatch/logGroup:LogGroup", { name: "x", kmsKeyId: arn(key) }, HOME);
      assert.throws(use, /no Key .*exists/);
    });
  });

  it("knows the network's own rules: ranges, overlaps, zones, gateways", async () => {
    await run((cloud) => {
      const { vpc, ids } = network(cloud);
      const subnet = (cidrBlock: string, zone = "eu-west-1a") =>
        cloud.create(SUBNET, { vpcId: vpc.id, cidrBlock, availabilityZone: zone }, HOME);
      assert.throws(() => subnet("10.1.0.0/24"), /InvalidSubnet\.Range/);
      assert.throws(() => subnet("10.0.0.128/25"), /InvalidSubnet\.Conflict: .* overlaps subnet-0/);
      assert.throws(() => subnet("10.0.9.0/24", "eu-west-1z"), /InvalidZone/);
      const eip = cloud.create("aws:ec2/eip:Eip", { domain: "vpc" }, HOME);
      const nat = () =>
        cloud.create("aws:ec2/natGateway:NatGateway", { allocationId: eip.id, subnetId: ids[0] ?? "" }, HOME);
      assert.throws(nat, /Gateway\.NotAttached/);
      const gateway = cloud.create("aws:ec2/internetGateway:InternetGateway", { vpcId: vpc.id }, HOME);
      const made = nat();
      assert.equal(made.properties["publicIp"], eip.properties["publicIp"]);
      assert.throws(() => cloud.remove(objectKey(gateway)), /mapped public addresses: nat-0/);
      assert.throws(() => cloud.remove(objectKey(eip)), /DependencyViolation/);
      for (const one of [made, gateway, eip]) cloud.remove(objectKey(one));
    });
  });

  it("knows a cluster's rules and lends its security group", async () => {
    await run((cloud) => {
      const { made, ids, vpc, role } = cluster(cloud, { accessConfig: { authenticationMode: "API" } });
      const own = (made.properties["vpcConfig"] as Properties)["clusterSecurityGroupId"] as string;
      const rule = { securityGroupId: own, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.0.0.0/8" };
      cloud.create(RULE, rule, HOME);
      assert.equal((made.properties["vpcConfig"] as Properties)["vpcId"], vpc.id);
      const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
      const access = { clusterName: "shop", principalArn: arn(role) };
      const associate = () =>
        cloud.create(
          "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
          { ...access, policyArn, accessScope: { type: "cluster" } },
          HOME,
        );
      assert.throws(associate, /no access entry/);
      cloud.create("aws:eks/accessEntry:AccessEntry", access, HOME);
      associate();
      const nodes = { clusterName: "shop", nodeGroupName: "main", nodeRoleArn: arn(role), subnetIds: ids };
      const group = (sizes: Properties) =>
        cloud.create("aws:eks/nodeGroup:NodeGroup", { ...nodes, scalingConfig: sizes }, HOME);
      assert.throws(() => group({ minSize: 3, desiredSize: 2, maxSize: 4 }), /minSize <= desiredSize/);
      const made2 = group({ minSize: 1, desiredSize: 2, maxSize: 4 });
      assert.throws(() => cloud.remove(objectKey(made)), /DependencyViolation: Cluster shop/);
      cloud.remove(objectKey(made2));
      cloud.remove(objectKey(made));
      assert.equal(cloud.objects(({ type }) => type.startsWith("aws:eks/")).length, 0);
    });
  });

  it("validates a certificate only when its records are in the zone", async () => {
    await run((cloud) => {
      const zone = cloud.create("aws:route53/zone:Zone", { name: "example.com" }, HOME);
      const names = { domainName: "shop.example.com", subjectAlternativeNames: ["*.shop.example.com"] };
      const made = cloud.create("aws:acm/certificate:Certificate", { ...names, validationMethod: "DNS" }, HOME);
      const [option] = made.properties["domainValidationOptions"] as readonly Properties[];
      const name = String(option?.["resourceRecordName"]);
      const validate = (validationRecordFqdns: readonly string[]) =>
        cloud.create(
          "aws:acm/certificateValidation:CertificateValidation",
          { certificateArn: arn(made), validationRecordFqdns },
          HOME,
        );
      assert.throws(() => validate([name]), /no DNS record _.*\.shop\.example\.com\. validates shop\.example\.com yet/);
      const record = {
        zoneId: zone.id,
        name,
        type: "CNAME",
        ttl: 60,
        records: [String(option?.["resourceRecordValue"])],
      };
      cloud.create("aws:route53/record:Record", record, HOME);
      assert.throws(() => cloud.create("aws:route53/record:Record", record, HOME), /already exists in this account/);
      assert.throws(() => validate(["other.example.com"]), /no DNS record/);
      validate([name.replace(/\.$/, "")]);
      assert.throws(() => cloud.remove(objectKey(zone)), /DependencyViolation: Zone Z/);
    });
  });

  it("lets a record that may overwrite take the place of another, and asks for the same proof in every region", async () => {
    await run((cloud) => {
      const zone = cloud.create("aws:route53/zone:Zone", { name: "example.com" }, HOME);
      const record = {
        zoneId: zone.id,
        name: "a.example.com",
        type: "TXT",
        ttl: 60,
        records: ["1"],
        allowOverwrite: true,
      };
      const first = cloud.create("aws:route53/record:Record", record, HOME);
      const second = cloud.create("aws:route53/record:Record", { ...record, records: ["2"] }, AWAY);
      assert.equal(second.id, first.id);
      assert.deepEqual(cloud.get("aws:route53/record:Record", "global", first.id)?.properties["records"], ["2"]);
      const proofs = [HOME, AWAY].map((by) => {
        const names = { domainName: "example.com", validationMethod: "DNS" };
        return cloud.create("aws:acm/certificate:Certificate", names, by).properties["domainValidationOptions"];
      });
      assert.deepEqual(proofs[0], proofs[1]);
    });
  });

  it("copies a database's backups to another region only, under a key of that region", async () => {
    await run((cloud) => {
      const inputs = { engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, password: "x" };
      const database = cloud.create("aws:rds/instance:Instance", { ...inputs, identifier: "orders" }, HOME);
      const [near, far] = [cloud.create(KEY, {}, HOME), cloud.create(KEY, {}, AWAY)];
      const copy = (key: CloudObject, by = AWAY) =>
        cloud.create(
          "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
          { sourceDbInstanceArn: arn(database), kmsKeyId: arn(key) },
          by,
        );
      assert.throws(() => copy(near, HOME), /the copy must be in another region/);
      assert.throws(() => copy(near), /kmsKeyId must be a key of eu-west-2/);
      assert.match(copy(far).id, /^arn:aws:rds:eu-west-2:123456789012:auto-backup:ab-/);
    });
  });

  it("restores a database where its backup is, although its own region answers nothing", async () => {
    await run((cloud) => {
      const inputs = { engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, password: "x" };
      const database = cloud.create("aws:rds/instance:Instance", { ...inputs, identifier: "orders" }, HOME);
      const key = cloud.create(KEY, {}, AWAY);
      const copy = cloud.create(
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        { sourceDbInstanceArn: arn(database), kmsKeyId: arn(key) },
        AWAY,
      );
      cloud.loseRegion(HOME.region);
      const restore = (by: typeof HOME, more: Properties = {}, backup = copy.id) => {
        const restoreToPointInTime = { sourceDbInstanceAutomatedBackupsArn: backup, useLatestRestorableTime: true };
        const shape = { ...inputs, identifier: "orders-again", restoreToPointInTime, ...more };
        return cloud.create("aws:rds/instance:Instance", shape, by);
      };
      assert.throws(() => restore(AWAY, { dbName: "orders" }), /a restored database keeps its own dbName/);
      assert.throws(() => restore(AWAY, {}, copy.id.replace("ab-", "ab-0")), /no InstanceAutomatedBackupsReplication/);
      assert.throws(() => restore({ ...AWAY, region: "eu-west-3" }), /is no automated backup of eu-west-3/);
      assert.equal(restore(AWAY).properties["status"], "available");
    });
  });

  it("holds what the account had before, made once", async () => {
    const wanted = { roles: ["keelson-deploy"], zones: { "example.com": "Z0123456789EXAMPLE" } };
    await prepareAccount(file, wanted);
    await prepareAccount(file, wanted);
    const objects = await run((cloud) => cloud.objects());
    assert.deepEqual(
      objects.map((one) => arn(one)),
      ["arn:aws:iam::123456789012:role/keelson-deploy", "arn:aws:route53:::hostedzone/Z0123456789EXAMPLE"],
    );
  });

  it("remembers of a secret only whether it changed", async () => {
    const stored = await run((cloud) =>
      cloud.create("aws:elasticache/user:User", user({ passwords: secret(["hunter2hunter2hunter2"]) }), HOME),
    );
    assert.ok(!JSON.stringify(stored).includes("hunter2"));
    assert.match(JSON.stringify(stored.properties["passwords"]), /sha256/);
  });

  it("answers nothing from a lost region and everything again afterwards", async () => {
    await run((cloud) => cloud.loseRegion("eu-west-1"));
    await run((cloud) => {
      assert.throws(() => cloud.expectAnswer(VPC, "eu-west-1"), /connection refused/);
      cloud.expectAnswer(ROLE, "eu-west-1");
      cloud.expectAnswer(VPC, "eu-west-2");
      cloud.recoverRegion("eu-west-1");
      cloud.expectAnswer(VPC, "eu-west-1");
    });
  });

  it("counts injected faults down", async () => {
    await run((cloud) => {
      cloud.injectFault({ op: "create", type: VPC, times: 2, error: "slow down" });
      const errors = [ROLE, VPC, VPC, VPC].map((type) => cloud.takeFault("create", type)?.error);
      assert.deepEqual(errors, [undefined, "slow down", "slow down", undefined]);
    });
  });
});

const arn = ({ properties }: CloudObject): string => String(properties["arn"]);

const user = (more: Properties): Properties => ({
  ...{ userId: "order", userName: "order", engine: "valkey", accessString: "on ~* +@read" },
  ...more,
});
