/** Relational databases, alone or as a cluster: encrypted with a key of ours, private, over zones, recoverable. */
import { companions } from "../joins";
import { violated, violatedIf, type Finding, type Rule } from "../rule";
import type { PolicyObject } from "../object";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { isOn, together, wantsAtLeast, wantsFalse, wantsItems, wantsNotTrue, wantsSet, wantsTrue } from "./checks";
import { cloudJoin, cloudRule, type CloudFacts } from "./cloud-rule";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
const COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/";
const WEEK = 7;

/** A replica has its source's backups, and a member its cluster's. */
const isReplica = (props: Field): boolean => props.at("replicateSourceDb").isSet;

const databaseRule = (
  facts: Omit<CloudFacts, "types" | "link"> & { readonly page: string; readonly types?: readonly string[] },
  check: (props: Field) => readonly Finding[],
): Rule => {
  const { page, ...rest } = facts;
  return cloudRule({ types: [INSTANCE, CLUSTER], link: `${GUIDE}${page}`, ...rest }, ({ props }) => check(props));
};

const SECRECY_RULES: readonly Rule[] = [
  databaseRule(
    {
      id: "cloud-rds-encrypted",
      severity: "high",
      standards: ["cis-aws"],
      title: "Every database must be encrypted at rest.",
      why: "It cannot be switched on later: the database would have to be copied.",
      remedy: "set storageEncrypted: true",
      page: "Overview.Encryption.html",
    },
    (props) => wantsTrue(props.at("storageEncrypted")),
  ),
  databaseRule(
    {
      id: "cloud-rds-own-key",
      severity: "high",
      standards: [],
      title: "Every database must be encrypted with a key of ours.",
      why: "Snapshots under the service's own key can be copied to no other region and no other account.",
      remedy: "set kmsKeyId",
      page: "Overview.Encryption.html",
    },
    (props) =>
      together(
        () => wantsSet(props.at("kmsKeyId"), "no key of ours"),
        () =>
          isOn(props.at("performanceInsightsEnabled"))
            ? wantsSet(props.at("performanceInsightsKmsKeyId"), "no key of ours: statements stand in it")
            : [],
      ),
  ),
  databaseRule(
    {
      id: "cloud-rds-private",
      types: [INSTANCE, MEMBER],
      severity: "critical",
      standards: ["cis-aws"],
      title: "No database may have a public address.",
      why: "A password would be all that stands between it and the internet.",
      remedy: "leave publiclyAccessible out, or false",
      page: "USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    },
    (props) => wantsNotTrue(props.at("publiclyAccessible"), "it has a public address"),
  ),
  databaseRule(
    {
      id: "cloud-rds-identity",
      severity: "medium",
      standards: [],
      title: "Every database must accept the cloud's own identities.",
      why: "People can then sign in with sessions that expire, instead of with a shared password.",
      remedy: "set iamDatabaseAuthenticationEnabled: true",
      page: "UsingWithRDS.IAMDBAuth.html",
    },
    (props) => wantsTrue(props.at("iamDatabaseAuthenticationEnabled")),
  ),
  databaseRule(
    {
      id: "cloud-rds-logs",
      severity: "medium",
      standards: [],
      title: "Every database must send its logs where they outlive it.",
      why: "Failed logins and slow statements are on the instance's own disk otherwise, for days.",
      remedy: "set enabledCloudwatchLogsExports",
      page: "USER_LogAccess.html",
    },
    (props) => wantsItems(props.at("enabledCloudwatchLogsExports"), "no log is kept"),
  ),
];

/** A cluster is over zones by its members. */
const SURVIVAL_RULES: readonly Rule[] = [
  databaseRule(
    {
      id: "cloud-rds-backed-up",
      severity: "high",
      standards: ["cis-aws"],
      title: "Every database must keep at least a week of backups.",
      why: "Damage is often noticed days later.",
      remedy: "set backupRetentionPeriod to 7 or more",
      page: "USER_WorkingWithAutomatedBackups.html",
    },
    (props) => (isReplica(props) ? [] : wantsAtLeast(props.at("backupRetentionPeriod"), WEEK, "days")),
  ),
  databaseRule(
    {
      id: "cloud-rds-over-zones",
      types: [INSTANCE],
      severity: "medium",
      standards: [],
      title: "Every database must stand by in a second zone.",
      why: "When a zone fails, the alternative is a restore.",
      remedy: "set multiAz: true",
      page: "Concepts.MultiAZ.html",
    },
    (props) => (isReplica(props) ? [] : wantsTrue(props.at("multiAz"))),
  ),
  databaseRule(
    {
      id: "cloud-rds-deletion-protected",
      severity: "high",
      standards: ["cis-aws"],
      title: "The cloud itself must refuse to delete a database.",
      why: "Pulumi's own protection does not hold in the console.",
      remedy: "set deletionProtection: true",
      page: "USER_DeleteInstance.html",
    },
    (props) => wantsTrue(props.at("deletionProtection")),
  ),
  databaseRule(
    {
      id: "cloud-rds-final-snapshot",
      severity: "high",
      standards: [],
      title: "A database that goes must leave a last snapshot, and its backups.",
      why: "Its automated backups go with it.",
      remedy: "leave skipFinalSnapshot out, set finalSnapshotIdentifier and deleteAutomatedBackups: false",
      page: "USER_DeleteInstance.html",
    },
    (props) =>
      isReplica(props)
        ? []
        : together(
            () => wantsNotTrue(props.at("skipFinalSnapshot"), "it goes without a trace"),
            () => wantsSet(props.at("finalSnapshotIdentifier"), "the last snapshot has no name"),
            () => wantsFalse(props.at("deleteAutomatedBackups")),
          ),
  ),
  databaseRule(
    {
      id: "cloud-rds-tags-copied",
      severity: "low",
      standards: [],
      title: "Snapshots must carry the tags of their database.",
      why: "Otherwise nobody can say whose data they are.",
      remedy: "set copyTagsToSnapshot: true",
      page: "USER_Tagging.html",
    },
    (props) => wantsTrue(props.at("copyTagsToSnapshot")),
  ),
];

/** By ARN or identifier: the source is one of those, or not known yet and computed from the instance. */
function copied(instance: PolicyObject, stack: Stack): readonly Finding[] {
  const { props } = instance;
  const retention = props.at("backupRetentionPeriod");
  if (isReplica(props)) return [];
  const copies = companions(instance, stack, {
    types: [COPY],
    property: "sourceDbInstanceArn",
    names: [props.at("arn")],
  });
  if (copies.found.length === 0) return [violated(retention, "its backups are in its own region only")];
  return copies.found.flatMap((copy) =>
    violatedIf(
      wantsSet(copy.props.at("kmsKeyId"), "").length > 0,
      retention,
      "their copy is under no key of the other region",
    ),
  );
}

export const CLOUD_RDS_RULES: readonly Rule[] = [
  ...SECRECY_RULES,
  ...SURVIVAL_RULES,
  cloudRule(
    {
      id: "cloud-store-patched",
      types: [INSTANCE, MEMBER, "aws:elasticache/replicationGroup:ReplicationGroup"],
      severity: "medium",
      standards: ["cis-aws"],
      title: "Every store must take the patches of its version by itself.",
      why: "The time between a fix and its use is the time of the attacker.",
      remedy: "leave autoMinorVersionUpgrade out, or true",
      link: `${GUIDE}USER_UpgradeDBInstance.Upgrading.html`,
    },
    ({ props }) => {
      const flag = props.at("autoMinorVersionUpgrade");
      return violatedIf(flag.is(false) || flag.is("false"), flag, "it keeps the holes of its version");
    },
  ),
  cloudJoin(
    {
      id: "cloud-rds-copied",
      types: [INSTANCE],
      severity: "medium",
      standards: [],
      title: "A database's backups must be copied to another region, under a key that lives there.",
      why: "When the region is lost, what is left is what was copied before.",
      remedy: "add an InstanceAutomatedBackupsReplication in the recovery region with kmsKeyId",
      link: `${GUIDE}USER_ReplicateBackups.html`,
    },
    copied,
  ),
];
