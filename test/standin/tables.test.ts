import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { awsTypes } from "../../embedded/standin/aws/types";
import { zoneIdsOf, zonesOf } from "../../embedded/standin/aws/regions";
import { modelledDuration } from "../../embedded/standin/durations";
import { installPlugins } from "../../embedded/standin/plugins";
import { facts } from "../../embedded/standin/sdk";
import { failuresOf, isCidr } from "../../embedded/standin/validation";

/** Every AWS type the program may use. */
const USED = `ec2/vpc:Vpc ec2/subnet:Subnet ec2/routeTable:RouteTable ec2/routeTableAssociation:RouteTableAssociation
  ec2/route:Route ec2/internetGateway:InternetGateway ec2/eip:Eip ec2/natGateway:NatGateway ec2/vpcEndpoint:VpcEndpoint
  ec2/flowLog:FlowLog ec2/defaultSecurityGroup:DefaultSecurityGroup ec2/securityGroup:SecurityGroup
  vpc/securityGroupIngressRule:SecurityGroupIngressRule vpc/securityGroupEgressRule:SecurityGroupEgressRule
  ec2/launchTemplate:LaunchTemplate cloudwatch/logGroup:LogGroup iam/role:Role iam/rolePolicy:RolePolicy
  iam/rolePolicyAttachment:RolePolicyAttachment kms/key:Key kms/alias:Alias kms/replicaKey:ReplicaKey eks/cluster:Cluster
  eks/nodeGroup:NodeGroup eks/addon:Addon eks/accessEntry:AccessEntry eks/accessPolicyAssociation:AccessPolicyAssociation
  eks/podIdentityAssociation:PodIdentityAssociation s3/bucket:Bucket s3/bucketVersioning:BucketVersioning
  s3/bucketPublicAccessBlock:BucketPublicAccessBlock
  s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration s3/bucketPolicy:BucketPolicy
  s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration
  s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration s3/bucketReplicationConfig:BucketReplicationConfig
  s3/bucketOwnershipControls:BucketOwnershipControls acm/certificate:Certificate
  acm/certificateValidation:CertificateValidation route53/zone:Zone route53/record:Record wafv2/webAcl:WebAcl
  rds/instance:Instance rds/subnetGroup:SubnetGroup rds/parameterGroup:ParameterGroup
  rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication
  elasticache/replicationGroup:ReplicationGroup elasticache/subnetGroup:SubnetGroup
  elasticache/parameterGroup:ParameterGroup elasticache/user:User elasticache/userGroup:UserGroup
  ecr/repository:Repository`
  .split(/\s+/)
  .map((type) => `aws:${type}`);

describe("the stand-in AWS's tables", () => {
  it("have a row for every type the program may use", () => {
    assert.deepEqual(
      USED.filter((type) => awsTypes[type] === undefined),
      [],
    );
  });

  it("speak only of types and properties that the installed SDK has", () => {
    const wrong = Object.entries(awsTypes).flatMap(([type, row]) => {
      const sdk = facts(type);
      if (sdk === undefined) return [`${type}: not in the SDK`];
      const known = new Set([...sdk.inputs, ...sdk.outputs]);
      const named = [
        ...[...row.forceNew, ...Object.keys(row.refs ?? {}), ...Object.keys(row.valid ?? {}), ...(row.nested ?? [])],
        ...[...(row.unstable ?? []), ...Object.keys(row.defaults ?? {}), ...(row.unique ?? []).flatMap(({ by }) => by)],
        ...[row.name?.property, row.name?.prefix, row.quota?.per].filter((one) => one !== undefined),
      ].map((path) => path.split(/[.[]/)[0] ?? path);
      return named.filter((name) => !known.has(name)).map((name) => `${type}: ${name}`);
    });
    // rows name a prefix where most types have one; a type without it simply never gets one
    assert.deepEqual(
      wrong.filter((one) => !one.endsWith("amePrefix")),
      [],
    );
  });

  it("refer only to types that have rows", () => {
    const targets = Object.values(awsTypes).flatMap((row) =>
      Object.values(row.refs ?? {}).flatMap(({ types }) => types),
    );
    assert.deepEqual(
      [...new Set(targets)].filter((type) => awsTypes[type] === undefined),
      [],
    );
  });

  it("report unknown, missing and malformed properties together", () => {
    const type = "aws:ec2/subnet:Subnet";
    const row = awsTypes[type];
    assert.ok(row);
    const failures = failuresOf(type, row, { cidrBlock: "10.0.0.0/33", zone: "a" });
    assert.deepEqual(failures.map(({ property }) => property).sort(), ["cidrBlock", "vpcId", "zone"]);
  });

  it("take a CIDR block only with its network's own address", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }), (address, bits) => {
        const isNetwork = address % 2 ** (32 - bits) === 0;
        return isCidr(`${dotted(address)}/${bits}`) === isNetwork;
      }),
    );
    assert.ok(isCidr("10.0.0.0/8") && isCidr("fd00::/8"));
    assert.ok(!isCidr("10.0.0/8") && !isCidr("10.0.0.0") && !isCidr("x/8"));
  });

  it("know zones by name and id", () => {
    assert.deepEqual(zonesOf("eu-west-1"), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    assert.deepEqual(zoneIdsOf("eu-west-1"), ["euw1-az1", "euw1-az2", "euw1-az3"]);
    assert.deepEqual(zoneIdsOf("ap-southeast-2")[0], "apse2-az1");
    assert.equal(zonesOf("us-east-1").length, 6);
  });

  it("give every type a duration whose tail is no shorter than its median, with its source", () => {
    for (const type of [...Object.keys(awsTypes), "kubernetes:core/v1:ConfigMap"])
      for (const operation of ["create", "update", "delete"] as const) {
        const { p50, p95, source } = modelledDuration(type, operation);
        assert.ok(p50 <= p95 && source !== "", `${operation} ${type}`);
      }
    assert.deepEqual(modelledDuration("aws:eks/cluster:Cluster", "create").verified, true);
    assert.equal(modelledDuration("aws:eks/cluster:Cluster", "create").p50, 570);
    assert.equal(modelledDuration("aws:ec2/natGateway:NatGateway", "create").verified, false);
  });

  it("are reachable as plugins of exactly the SDKs' versions, written once", () => {
    const home = mkdtempSync(join(tmpdir(), "keelson-home-"));
    const paths = installPlugins(home);
    const file = require.resolve("@pulumi/aws/package.json");
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    assert.ok(paths.includes(join(home, "plugins", `resource-aws-v${version}`, "pulumi-resource-aws")));
    const [first = ""] = paths;
    assert.match(readFileSync(first, "utf8"), /^#!\/bin\/sh\nexec '.*' "\$@"\n$/);
    assert.ok(statSync(first).mode & 0o100);
    assert.equal(paths.filter((path) => existsSync(path)).length, 5);
    assert.ok(paths.some((path) => /resource-azure-native-v[\d.]+\/pulumi-resource-azure-native$/.test(path)));
    const { mtimeMs } = statSync(first);
    installPlugins(home);
    assert.equal(statSync(first).mtimeMs, mtimeMs);
    rmSync(home, { recursive: true });
  });
});

const dotted = (address: number): string => [24, 16, 8, 0].map((by) => Math.floor(address / 2 ** by) % 256).join(".");
