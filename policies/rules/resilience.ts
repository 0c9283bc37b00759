/** What holds data cannot be deleted by a slip. retainOnDelete is invisible to a pack: unit tests on options cover it. */
import { isType, type PolicyObject } from "../object";
import { violatedIf, type Rule } from "../rule";
import { isOn } from "./checks";

const STATEFUL = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "azure-native:dbforpostgresql:Server",
  "azure-native:dbforpostgresql:FlexibleServer",
  "azure-native:storage:StorageAccount",
  "azure-native:keyvault:Vault",
] as const;

/** The copy of a database's backups is data too: it is what is left when the database's region is gone. */
const COPIES = ["aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"] as const;

const isProtected = ({ options }: PolicyObject): boolean => options.protect;

export const RESILIENCE_RULES: readonly Rule[] = [
  {
    id: "resilience-protect-stateful",
    category: "resilience",
    scope: "object",
    severity: "medium",
    standards: [],
    title: "What holds data must be protected from deletion.",
    why: "A renamed resource or a destroy of the wrong stack would take the data with it.",
    remedy: "set the resource option protect: true",
    link: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
    applies: (object) => isType(object, ...STATEFUL, ...COPIES),
    check: (object) =>
      violatedIf(!isProtected(object), { path: "protect" }, "it can be deleted without being asked for"),
  },
  {
    id: "resilience-cluster-deletion-protected",
    category: "resilience",
    scope: "object",
    severity: "medium",
    standards: [],
    title: "The cloud itself must refuse to delete a cluster.",
    why: "Everything in it goes with it, volumes included.",
    remedy: "set deletionProtection: true",
    link: "https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html",
    applies: (object) => isType(object, "aws:eks/cluster:Cluster"),
    check: ({ props }) => {
      const flag = props.at("deletionProtection");
      return violatedIf(!isOn(flag), flag, `wants true, got ${flag.shape}`);
    },
  },
];
