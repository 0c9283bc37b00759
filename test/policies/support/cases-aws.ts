/** AWS beside the cluster: databases, caches, keys, identities, network. */
import { along, alone, cloud, type Case } from "./case";
import { resource, type Fields, type Sample } from "./samples";

const RDS = "aws:rds/instance:Instance";
const DATABASE = {
  engine: "postgres",
  engineVersion: "17.4",
  storageEncrypted: true,
  kmsKeyId: "arn:aws:kms:key",
  iamDatabaseAuthenticationEnabled: true,
  enabledCloudwatchLogsExports: ["postgresql"],
  backupRetentionPeriod: 30,
  multiAz: true,
  deletionProtection: true,
  finalSnapshotIdentifier: "final",
  deleteAutomatedBackups: false,
  copyTagsToSnapshot: true,
};

const copy = (database: string, props: Fields = { kmsKeyId: "arn:aws:kms:other" }): Sample =>
  resource(
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    `${database}-copy`,
    props,
    {
      uses: { sourceDbInstanceArn: database },
      protect: true,
    },
  );

const database = (rule: string, broken: Fields, expected: readonly [string, string]): Case =>
  along(cloud(rule, RDS, [DATABASE, broken], expected), copy(rule));

const RDS_CASES: readonly Case[] = [
  database("cloud-rds-encrypted", { storageEncrypted: undefined }, ["storageEncrypted", "wants true, got nothing"]),
  database("cloud-rds-own-key", { kmsKeyId: undefined }, ["kmsKeyId", "no key of ours"]),
  database("cloud-rds-private", { publiclyAccessible: true }, ["publiclyAccessible", "it has a public address"]),
  database("cloud-rds-identity", { iamDatabaseAuthenticationEnabled: false }, [
    "iamDatabaseAuthenticationEnabled",
    "wants true, got a boolean",
  ]),
  database("cloud-rds-logs", { enabledCloudwatchLogsExports: [] }, ["enabledCloudwatchLogsExports", "no log is kept"]),
  database("cloud-rds-backed-up", { backupRetentionPeriod: 1 }, [
    "backupRetentionPeriod",
    "wants at least 7 days, got a number",
  ]),
  database("cloud-rds-over-zones", { multiAz: false }, ["multiAz", "wants true, got a boolean"]),
  database("cloud-rds-deletion-protected", { deletionProtection: undefined }, [
    "deletionProtection",
    "wants true, got nothing",
  ]),
  database("cloud-rds-final-snapshot", { skipFinalSnapshot: true }, ["skipFinalSnapshot", "it goes without a trace"]),
  database("cloud-rds-tags-copied", { copyTagsToSnapshot: undefined }, [
    "copyTagsToSnapshot",
    "wants true, got nothing",
  ]),
  database("cloud-store-patched", { autoMinorVersionUpgrade: false }, [
    "autoMinorVersionUpgrade",
    "it keeps the holes of its version",
  ]),
  database("tls-rds", { engineVersion: "14.1" }, [
    "parameterGroupName",
    "plain connections are taken: this version does not force TLS by default",
  ]),
  {
    rule: "cloud-rds-copied",
    passes: [resource(RDS, "source", DATABASE, { protect: true }), copy("source")],
    fails: [resource(RDS, "source", DATABASE, { protect: true })],
    path: "backupRetentionPeriod",
    message: "its backups are in its own region only",
  },
  {
    rule: "resilience-protect-stateful",
    passes: [resource(RDS, "unprotected", DATABASE, { protect: true }), copy("unprotected")],
    fails: [resource(RDS, "unprotected", DATABASE), copy("unprotected")],
    path: "protect",
    message: "it can be deleted without being asked for",
  },
];

const VALKEY = "aws:elasticache/replicationGroup:ReplicationGroup";
const USER = "aws:elasticache/user:User";
const CACHE = {
  atRestEncryptionEnabled: true,
  transitEncryptionEnabled: true,
  kmsKeyId: "arn:aws:kms:key",
  userGroupIds: ["g"],
  multiAzEnabled: true,
  automaticFailoverEnabled: true,
};
const ACCOUNT = { authenticationMode: { type: "password" }, accessString: "on ~* -@all +@read" };

const CACHE_CASES: readonly Case[] = [
  cloud(
    "cloud-elasticache-encrypted",
    VALKEY,
    [CACHE, { atRestEncryptionEnabled: false }],
    ["atRestEncryptionEnabled", "wants true, got a boolean"],
  ),
  cloud(
    "tls-elasticache",
    VALKEY,
    [CACHE, { transitEncryptionMode: "preferred" }],
    ["transitEncryptionMode", "plain connections are taken too"],
  ),
  cloud("cloud-elasticache-own-key", VALKEY, [CACHE, { kmsKeyId: undefined }], ["kmsKeyId", "no key of ours"]),
  cloud(
    "cloud-elasticache-authenticated",
    VALKEY,
    [CACHE, { userGroupIds: undefined }],
    ["userGroupIds", "everybody who reaches it may read and write everything"],
  ),
  cloud(
    "cloud-elasticache-over-zones",
    VALKEY,
    [CACHE, { multiAzEnabled: false }],
    ["multiAzEnabled", "wants true, got a boolean"],
  ),
  cloud(
    "cloud-elasticache-user-password",
    USER,
    [ACCOUNT, { authenticationMode: { type: "no-password-required" } }],
    ["authenticationMode.type", "no password is asked"],
  ),
  cloud(
    "cloud-elasticache-user-bounded",
    USER,
    [ACCOUNT, { accessString: "on ~* +@all" }],
    ["accessString", "every command"],
  ),
];

const KEY = "aws:kms/key:Key";
const policy = (statement: Fields): string => JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] });
const OWN = { enableKeyRotation: true, policy: policy({ Principal: { AWS: "arn:aws:iam::1:root" }, Action: "kms:*" }) };
const replica = resource(
  "aws:kms/replicaKey:ReplicaKey",
  "replica",
  {},
  { uses: { primaryKeyArn: "cloud-kms-multi-region" }, protect: true },
);
const REPOSITORY = "aws:ecr/repository:Repository";
const IMAGES = {
  imageTagMutability: "IMMUTABLE",
  imageScanningConfiguration: { scanOnPush: true },
  encryptionConfigurations: [{ encryptionType: "KMS" }],
};
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const LOG = { retentionInDays: 90, kmsKeyId: "arn:aws:kms:eu-west-1:1:key/k" };
const logs = (props: Fields): Sample => resource(LOGS, "l", props);

const KEY_CASES: readonly Case[] = [
  cloud(
    "cloud-kms-rotated",
    KEY,
    [OWN, { enableKeyRotation: undefined }],
    ["enableKeyRotation", "wants true, got nothing"],
  ),
  cloud(
    "cloud-kms-not-for-everybody",
    KEY,
    [OWN, { policy: policy({ Principal: { AWS: "*" }, Action: "kms:*" }) }],
    ["policy", "one statement is for everybody"],
  ),
  cloud(
    "cloud-kms-deletion-window",
    KEY,
    [OWN, { deletionWindowInDays: 7 }],
    ["deletionWindowInDays", "wants 30 days, got a number"],
  ),
  along(
    cloud(
      "cloud-kms-multi-region",
      KEY,
      [{ ...OWN, multiRegion: true }, { multiRegion: false }],
      ["multiRegion", "it has a replica in another region"],
    ),
    replica,
  ),
  cloud(
    "cloud-ecr-immutable",
    REPOSITORY,
    [IMAGES, { imageTagMutability: "MUTABLE" }],
    ["imageTagMutability", 'wants "IMMUTABLE" or "IMMUTABLE_WITH_EXCLUSION", got a text of 7 characters'],
  ),
  cloud(
    "cloud-ecr-scanned",
    REPOSITORY,
    [IMAGES, { imageScanningConfiguration: undefined }],
    ["imageScanningConfiguration.scanOnPush", "wants true, got nothing"],
  ),
  cloud(
    "cloud-ecr-own-key",
    REPOSITORY,
    [IMAGES, { encryptionConfigurations: undefined }],
    ["encryptionConfigurations", "no key of ours"],
  ),
  cloud(
    "cloud-logs-retained",
    LOGS,
    [LOG, { retentionInDays: undefined }],
    ["retentionInDays", "wants a number of days, got nothing"],
  ),
  cloud("cloud-logs-own-key", LOGS, [LOG, { kmsKeyId: undefined }], ["kmsKeyId", "no key of ours"]),
];

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ONE = { policy: policy({ Action: "s3:GetObject", Resource: "*" }) };
const may = (rule: string, statement: Fields, message: string): Case =>
  cloud(rule, ROLE_POLICY, [ONE, { policy: policy(statement) }], ["policy", message]);

const trusting = (condition: Fields): Fields => ({
  assumeRolePolicy: policy({
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: { StringEquals: condition },
  }),
});
const BOUND = {
  "aws:RequestTag/kubernetes-namespace": "order",
  "aws:RequestTag/kubernetes-service-account": "order",
};

const IAM_CASES: readonly Case[] = [
  may(
    "cloud-iam-no-boundless-policy",
    { Action: "*", Resource: "arn:aws:s3:::b" },
    "one statement allows every action",
  ),
  may(
    "cloud-iam-no-whole-service",
    { Action: "s3:*", Resource: "*" },
    "one statement allows every action of a service on everything",
  ),
  may(
    "cloud-iam-no-any-role",
    { Action: ["iam:PassRole"], Resource: "*" },
    "one statement lets it become, or lend, any role",
  ),
  cloud(
    "cloud-iam-no-administrator",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    [
      { policyArn: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy" },
      { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    ],
    ["policyArn", "this policy may do everything"],
  ),
  cloud(
    "cloud-iam-trust",
    "aws:iam/role:Role",
    [trusting(BOUND), trusting({ "aws:RequestTag/kubernetes-namespace": "order" })],
    ["assumeRolePolicy", "not bound to one service account by StringEquals"],
  ),
];

const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const HTTPS = { cidrIpv4: "0.0.0.0/0", fromPort: 443, toPort: 443, description: "HTTPS from clients" };
const VPC = "aws:ec2/vpc:Vpc";

const besideVpc = (rule: string, left: string, message: string): Case => {
  const parts: readonly Sample[] = [
    resource("aws:ec2/flowLog:FlowLog", `${rule}-flows`, {}, { uses: { vpcId: rule } }),
    resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", `${rule}-closed`, {}, { uses: { vpcId: rule } }),
  ];
  const vpc = resource(VPC, rule, { cidrBlock: "10.0.0.0/16" });
  const kept = parts.filter(({ name }) => name !== `${rule}-${left}`);
  return { rule, passes: [vpc, ...parts], fails: [vpc, ...kept], path: "cidrBlock", message };
};

/** A machine in a security group that somebody is let into. */
const grouped = (cidrIpv4: string): readonly Sample[] => [
  resource("aws:ec2/instance:Instance", "machine", {}, { uses: { vpcSecurityGroupIds: "group" } }),
  resource(GROUP, "group", { description: "machines" }),
  resource(IN, "rule", { ...HTTPS, cidrIpv4 }, { uses: { securityGroupId: "group" } }),
];

const mixed = (ingress: readonly Fields[]): readonly Sample[] => [
  resource(GROUP, "mixed", { description: "machines", ingress }),
  resource(IN, "apart", { ...HTTPS, cidrIpv4: "10.0.0.0/8" }, { uses: { securityGroupId: "mixed" } }),
];

const NETWORK_CASES: readonly Case[] = [
  cloud(
    "cloud-no-open-ingress",
    IN,
    [HTTPS, { toPort: 444 }],
    ["cidrIpv4", "everybody is let in, on more than port 443 or 80"],
  ),
  {
    rule: "cloud-no-open-group-inside",
    passes: grouped("10.0.0.0/8"),
    fails: grouped("0.0.0.0/0"),
    path: "",
    message: "everybody is let into its security group group",
  },
  cloud(
    "cloud-group-described",
    GROUP,
    [{ description: "machines" }, { description: undefined }],
    ["description", "nobody can say what it is for"],
  ),
  cloud(
    "cloud-default-group-closed",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    [{}, { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/8"] }] }],
    ["egress", "whatever names no group of its own is in this one"],
  ),
  {
    rule: "cloud-group-rules-in-one-place",
    passes: mixed([]),
    fails: mixed([{ protocol: "tcp", fromPort: 1, toPort: 1, cidrBlocks: ["10.0.0.0/8"] }]),
    path: "ingress",
    message: "rules of its own stand elsewhere too",
  },
  besideVpc("cloud-vpc-default-group", "closed", "its default security group is as AWS made it"),
  besideVpc("cloud-vpc-flow-logs", "flows", "nothing is written down of its traffic"),
  cloud(
    "cloud-account-guarded",
    "pulumi:providers:aws",
    [{ allowedAccountIds: '["1"]', region: "eu-west-1" }, { allowedAccountIds: undefined }],
    ["allowedAccountIds", "any account will do"],
  ),
];

const redirect = (protocol: string): Fields => ({
  protocol: "HTTP",
  defaultActions: [{ type: "redirect", redirect: { protocol, statusCode: "HTTP_301" } }],
});

export const AWS_CASES: readonly Case[] = [
  ...RDS_CASES,
  ...CACHE_CASES,
  ...KEY_CASES,
  ...IAM_CASES,
  ...NETWORK_CASES,
  cloud(
    "tls-aws-listener",
    "aws:lb/listener:Listener",
    [redirect("HTTPS"), redirect("HTTP")],
    ["defaultActions[0]", "a plain listener may only redirect to https"],
  ),
  alone(
    "resilience-own-region",
    [logs({ region: "eu-west-1", ...LOG }), logs({ region: "eu-central-1", ...LOG })],
    ["kmsKeyId", "names eu-west-1, but is of eu-central-1"],
  ),
];
