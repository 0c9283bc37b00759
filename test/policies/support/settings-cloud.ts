/** Security settings of what lives in the cloud. */
import { inJson, set, type Setting, statement, unset } from "./settings";

const on =
  (type: string, name: string, stack: Setting["stack"] = "prod") =>
  (setting: string, without: Setting["without"], rule: string): Setting => ({
    name: setting,
    at: [type, name],
    stack,
    without,
    rule,
  });

const cluster = on(":Cluster", "cluster-cluster");
const cni = on(":Addon", "cluster-vpc-cni");
const nodes = on(":NodeGroup", "general-eu-west-1a");
const template = on(":LaunchTemplate", "template-general");

const CLUSTER: readonly Setting[] = [
  cluster("private API endpoint", set("vpcConfig/endpointPublicAccess", true), "cloud-eks-endpoint"),
  cluster("API endpoint inside the network", unset("vpcConfig/endpointPrivateAccess"), "cloud-eks-endpoint"),
  cluster("Secrets under a key of ours", unset("encryptionConfig"), "cloud-eks-secrets-encrypted"),
  cluster("audit log", set("enabledClusterLogTypes", ["api"]), "cloud-eks-logs"),
  cluster(
    "access entries only",
    set("accessConfig/authenticationMode", "API_AND_CONFIG_MAP"),
    "cloud-eks-access-entries",
  ),
  cluster(
    "no rights for the creator",
    unset("accessConfig/bootstrapClusterCreatorAdminPermissions"),
    "cloud-eks-no-creator-admin",
  ),
  cluster("a version with patches", set("version", "1.29"), "cloud-eks-version"),
  cluster("cannot be deleted", set("deletionProtection", false), "resilience-cluster-deletion-protected"),
  cni(
    "enforced network policies",
    inJson("configurationValues", (values) => delete values["enableNetworkPolicy"]),
    "network-eks-enforced",
  ),
  cni("the add-on that enforces them", "remove", "network-eks-enforced"),
  cni(
    "closed from the first packet",
    inJson("configurationValues", (values) => delete values["env"]),
    "network-eks-strict",
  ),
  on(":AccessPolicyAssociation", "read-only-policy")(
    "people look only",
    set("policyArn", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"),
    "rbac-eks-cluster-admin",
  ),
  template("session tokens of the metadata service", unset("metadataOptions/httpTokens"), "cloud-nodes-metadata"),
  template(
    "metadata service for the node only",
    set("metadataOptions/httpPutResponseHopLimit", 2),
    "cloud-nodes-metadata-hops",
  ),
  template("encrypted disks", unset("blockDeviceMappings/1/ebs/encrypted"), "cloud-nodes-encrypted"),
  template(
    "no public address",
    set("networkInterfaces", [{ associatePublicIpAddress: "true" }]),
    "cloud-nodes-no-public-address",
  ),
  nodes("made from the template", unset("launchTemplate"), "cloud-nodes-templated"),
  nodes("no SSH", set("remoteAccess", { ec2SshKey: "k" }), "cloud-nodes-no-ssh"),
];

const NETWORK: readonly Setting[] = [
  on(":FlowLog", "network-flow-log")("flow logs", "remove", "cloud-vpc-flow-logs"),
  on(":FlowLog", "network-flow-log")(
    "refused traffic is written down",
    set("trafficType", "ACCEPT"),
    "cloud-vpc-flow-logs",
  ),
  on(":DefaultSecurityGroup", "network-default-group")("adopted default group", "remove", "cloud-vpc-default-group"),
  on(":DefaultSecurityGroup", "network-default-group")(
    "closed default group",
    set("ingress", [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }]),
    "cloud-default-group-closed",
  ),
  on(":Subnet", "network-private-eu-west-1a")(
    "no public addresses",
    set("mapPublicIpOnLaunch", true),
    "cloud-subnet-no-public-addresses",
  ),
  on(":SecurityGroupIngressRule", "orders-ingress-eu-west-1a")(
    "stores for the subnets of pods",
    set("cidrIpv4", "0.0.0.0/0"),
    "cloud-no-open-ingress",
  ),
  on(":SecurityGroupIngressRule", "edge-in-https-0")(
    "the edge's own ports",
    set("toPort", 8443),
    "cloud-no-open-ingress",
  ),
  on(":SecurityGroup", "orders-group")("groups say what they are for", unset("description"), "cloud-group-described"),
  on(":providers:aws", "account")("account guard", unset("allowedAccountIds"), "cloud-account-guarded"),
  on(":WebAcl", "edge-web-acl")(
    "the firewall blocks",
    set("rules/0/overrideAction", { count: {} }),
    "cloud-firewall-blocks",
  ),
];

const database = on(":Instance", "orders-instance");
const parameters = on(":ParameterGroup", "orders-parameters");
const cache = on(":ReplicationGroup", "sessions-cache");
const user = on(":User", "sessions-user-order");

const STORES: readonly Setting[] = [
  database("encrypted", unset("storageEncrypted"), "cloud-rds-encrypted"),
  database("under a key of ours", unset("kmsKeyId"), "cloud-rds-own-key"),
  database("insights under a key of ours", unset("performanceInsightsKmsKeyId"), "cloud-rds-own-key"),
  database("private", set("publiclyAccessible", true), "cloud-rds-private"),
  database("identities of the cloud", set("iamDatabaseAuthenticationEnabled", false), "cloud-rds-identity"),
  database("logs", unset("enabledCloudwatchLogsExports"), "cloud-rds-logs"),
  database("backups", set("backupRetentionPeriod", 1), "cloud-rds-backed-up"),
  database("over zones", set("multiAz", false), "cloud-rds-over-zones"),
  database("the cloud refuses to delete it", set("deletionProtection", false), "cloud-rds-deletion-protected"),
  database("last snapshot", set("skipFinalSnapshot", true), "cloud-rds-final-snapshot"),
  database("backups outlive it", set("deleteAutomatedBackups", true), "cloud-rds-final-snapshot"),
  database("tags on snapshots", set("copyTagsToSnapshot", false), "cloud-rds-tags-copied"),
  database("patches", set("autoMinorVersionUpgrade", false), "cloud-store-patched"),
  database("Pulumi refuses to delete it", "unprotect", "resilience-protect-stateful"),
  parameters("TLS forced", set("parameters/0/value", "0"), "tls-rds"),
  parameters("TLS 1.2 at least", set("parameters/1/value", "TLSv1.1"), "tls-rds"),
  on(":InstanceAutomatedBackupsReplication", "orders-backup-copy")(
    "backups in another region",
    "remove",
    "cloud-rds-copied",
  ),
  on(":InstanceAutomatedBackupsReplication", "orders-backup-copy")(
    "a key over there",
    unset("kmsKeyId"),
    "cloud-rds-copied",
  ),
  cache("encrypted", set("atRestEncryptionEnabled", false), "cloud-elasticache-encrypted"),
  cache("under a key of ours", unset("kmsKeyId"), "cloud-elasticache-own-key"),
  cache("TLS", set("transitEncryptionEnabled", false), "tls-elasticache"),
  cache("TLS only", set("transitEncryptionMode", "preferred"), "tls-elasticache"),
  cache("users", unset("userGroupIds"), "cloud-elasticache-authenticated"),
  cache("over zones", set("multiAzEnabled", false), "cloud-elasticache-over-zones"),
  cache("takes over by itself", set("automaticFailoverEnabled", false), "cloud-elasticache-over-zones"),
  user("a password", set("authenticationMode/type", "no-password-required"), "cloud-elasticache-user-password"),
  user("reads only", set("accessString", "on ~* +@all"), "cloud-elasticache-user-bounded"),
];

const bucket = on(":Bucket", "vault-store-bucket");
const beside = (type: string, part: string) => on(`:${type}`, `vault-store-${part}`);

const BACKUPS: readonly Setting[] = [
  beside("BucketPublicAccessBlock", "public-block")("no public access", "remove", "cloud-s3-public-access-blocked"),
  beside("BucketPublicAccessBlock", "public-block")(
    "no public policy",
    set("blockPublicPolicy", false),
    "cloud-s3-public-access-blocked",
  ),
  beside("BucketOwnershipControls", "ownership")("no access lists", "remove", "cloud-s3-no-acls"),
  beside("BucketPolicy", "policy")("TLS only", inJson("policy", statement("DenyPlain")), "cloud-s3-tls-only"),
  beside("BucketPolicy", "policy")("TLS 1.2 at least", inJson("policy", statement("DenyOldTls")), "tls-s3-version"),
  beside("BucketServerSideEncryptionConfiguration", "encryption")(
    "under a key of ours",
    set("rules/0/applyServerSideEncryptionByDefault/sseAlgorithm", "AES256"),
    "cloud-s3-encrypted",
  ),
  beside("BucketServerSideEncryptionConfiguration", "encryption")(
    "a bucket key",
    unset("rules/0/bucketKeyEnabled"),
    "cloud-s3-bucket-key",
  ),
  beside("BucketVersioning", "versioning")(
    "old versions",
    set("versioningConfiguration/status", "Suspended"),
    "cloud-s3-versioned",
  ),
  beside("BucketLifecycleConfiguration", "lifecycle")("tidied up", "remove", "cloud-s3-lifecycle"),
  beside("BucketObjectLockConfiguration", "lock")("locked", "remove", "cloud-backup-locked"),
  on(":BucketReplicationConfig", "vault-replication")("copied", "remove", "cloud-backup-replicated"),
  on(":BucketReplicationConfig", "vault-replication")(
    "copying is on",
    set("rules/0/status", "Disabled"),
    "cloud-backup-replicated",
  ),
  on(":BucketReplicationConfig", "vault-replication")(
    "a key over there",
    unset("rules/0/destination/encryptionConfiguration"),
    "cloud-backup-replicated",
  ),
  bucket("kept when its stack goes", set("forceDestroy", true), "cloud-s3-no-force-destroy"),
  bucket("Pulumi refuses to delete it", "unprotect", "resilience-protect-stateful"),
];

const key = on(":Key", "orders-key-key");
const log = on(":LogGroup", "cluster-log");
const role = on(":Role", "cluster-velero-identity-role");
const rights = on(":RolePolicy", "cluster-velero-identity-role-policy");
const ALL = { Sid: "All", Effect: "Allow", Resource: "*" };

const add = (more: Record<string, unknown>) => (document: Record<string, unknown>) => {
  document["Statement"] = [...(document["Statement"] as readonly unknown[]), { ...ALL, ...more }];
};

/** Takes one binding out of a trust policy. */
const unbound = (name: string) => (document: Record<string, unknown>) => {
  const text = JSON.stringify(document);
  const less = text.replace(new RegExp(`"aws:RequestTag/${name}":"[^"]*",?`), "").replace(",}", "}");
  if (less === text) throw new Error(`no ${name}: the setting has moved`);
  Object.assign(document, JSON.parse(less));
};

const KEYS: readonly Setting[] = [
  key("rotated", unset("enableKeyRotation"), "cloud-kms-rotated"),
  key("time to notice a deletion", set("deletionWindowInDays", 7), "cloud-kms-deletion-window"),
  key(
    "for our account only",
    inJson("policy", add({ Principal: "*", Action: "kms:Decrypt" })),
    "cloud-kms-not-for-everybody",
  ),
  key("usable in the recovery region", set("multiRegion", false), "cloud-kms-multi-region"),
  key("Pulumi refuses to delete it", "unprotect", "resilience-protect-stateful"),
  log("kept for a time", unset("retentionInDays"), "cloud-logs-retained"),
  log("under a key of ours", unset("kmsKeyId"), "cloud-logs-own-key"),
  role("for one service account", inJson("assumeRolePolicy", unbound("kubernetes-service-account")), "cloud-iam-trust"),
  role("of one namespace", inJson("assumeRolePolicy", unbound("kubernetes-namespace")), "cloud-iam-trust"),
  rights("named actions", inJson("policy", add({ Action: "*" })), "cloud-iam-no-boundless-policy"),
  rights("named actions of a service", inJson("policy", add({ Action: "s3:*" })), "cloud-iam-no-whole-service"),
  rights("lends no role", inJson("policy", add({ Action: "iam:PassRole" })), "cloud-iam-no-any-role"),
  on(":RolePolicyAttachment", "eksworker-node-policy")(
    "nodes are no administrators",
    set("policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    "cloud-iam-no-administrator",
  ),
  on(":LogGroup", "cluster-log")("stays in its region", set("tags", { from: "eu-central-1" }), "resilience-own-region"),
];

export const CLOUD_SETTINGS: readonly Setting[] = [...CLUSTER, ...NETWORK, ...STORES, ...BACKUPS, ...KEYS];
