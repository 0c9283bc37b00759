/** Managed stores and keys: encrypted, private, recoverable. */
import { decide, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { cloudRule } from "./cloud-rule";

const INSTANCE = "aws:rds/instance:Instance";
const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const KEY = "aws:kms/key:Key";
const WEEK = 7;

const wantsTrue = (flag: Field): readonly Finding[] =>
  decide(() => violatedIf(!flag.is(true), flag, `wants true, got ${flag.shape}`));

/** A replica has its source's backups. */
const retention = (props: Field): readonly Finding[] => {
  const days = props.at("backupRetentionPeriod");
  return violatedIf(
    !props.at("replicateSourceDb").isSet && Number(days.text ?? 0) < WEEK,
    days,
    `wants at least ${WEEK} days, got ${days.shape}`,
  );
};

export const CLOUD_DATA_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-rds-encrypted",
      types: [INSTANCE],
      severity: "high",
      standards: ["cis-aws"],
      title: "Every database must be encrypted at rest.",
      why: "It cannot be switched on later: the database would have to be copied.",
      remedy: "set storageEncrypted: true with a key of ours",
      link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    },
    ({ props }) => wantsTrue(props.at("storageEncrypted")),
  ),
  cloudRule(
    {
      id: "cloud-rds-private",
      types: [INSTANCE],
      severity: "critical",
      standards: ["cis-aws"],
      title: "No database may have a public address.",
      why: "A password would be all that stands between it and the internet.",
      remedy: "leave publiclyAccessible out, or false",
      link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    },
    ({ props }) =>
      violatedIf(props.at("publiclyAccessible").is(true), props.at("publiclyAccessible"), "it has a public address"),
  ),
  cloudRule(
    {
      id: "cloud-rds-backed-up",
      types: [INSTANCE],
      severity: "high",
      standards: ["cis-aws"],
      title: "Every database must keep at least a week of backups.",
      why: "Damage is often noticed days later.",
      remedy: "set backupRetentionPeriod to 7 or more",
      link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
    },
    ({ props }) => retention(props),
  ),
  cloudRule(
    {
      id: "cloud-elasticache-encrypted",
      types: [GROUP],
      severity: "high",
      standards: [],
      title: "Every replication group must be encrypted at rest.",
      why: "Sessions and cached records end up in snapshots and on disk.",
      remedy: "set atRestEncryptionEnabled: true",
      link: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
    },
    ({ props }) => wantsTrue(props.at("atRestEncryptionEnabled")),
  ),
  cloudRule(
    {
      id: "cloud-kms-rotated",
      types: [KEY],
      severity: "medium",
      standards: ["cis-aws"],
      title: "Every key must be rotated.",
      why: "It bounds what one leaked key version can open.",
      remedy: "set enableKeyRotation: true",
      link: "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    },
    ({ props }) => wantsTrue(props.at("enableKeyRotation")),
  ),
];
