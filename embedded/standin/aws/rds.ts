/** RDS: databases, their groups, copies of their backups. */
import type { CloudObject } from "../store";
import { blocks, weak, type Minting, type TypeTable } from "../types";
import { isProperties, type Properties } from "../values";
import { SECURITY_GROUP } from "./ec2";
import { ROLE } from "./iam";
import { regionalArn, upper } from "./identifiers";
import { keyRef } from "./keys";
import { parameterGroup, subnetGroup } from "./store-groups";

/** Backups and logs of a database of another region; what a point in time is restored from here. */
export const BACKUP_COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const DB_SUBNETS = "aws:rds/subnetGroup:SubnetGroup";
const DB_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";

const PORTS: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306 };

export const rdsTypes: TypeTable = {
  "aws:rds/instance:Instance": {
    checks: "checked",
    id: (m) => `db-${upper(26, m, "resource")}`,
    arn: regionalArn("rds", ({ inputs }) => `db:${String(inputs["identifier"])}`),
    name: { property: "identifier", prefix: "identifierPrefix", max: 63, lower: true },
    defaults: {
      autoMinorVersionUpgrade: true,
      skipFinalSnapshot: false,
      deleteAutomatedBackups: true,
      publiclyAccessible: false,
    },
    outputs: instanceOutputs,
    unstable: ["status", "latestRestorableTime"],
    forceNew: [
      ..."identifier identifierPrefix availabilityZone characterSetName dbName engine kmsKeyId storageEncrypted".split(
        " ",
      ),
      ..."username timezone snapshotIdentifier backupTarget ncharCharacterSetName customIamInstanceProfile restoreToPointInTime".split(
        " ",
      ),
    ],
    refs: {
      dbSubnetGroupName: blocks(DB_SUBNETS),
      parameterGroupName: { ...blocks(DB_PARAMETERS), except: /^default\./ },
      "vpcSecurityGroupIds[]": blocks(SECURITY_GROUP),
      kmsKeyId: keyRef,
      performanceInsightsKmsKeyId: keyRef,
      masterUserSecretKmsKeyId: keyRef,
      monitoringRoleArn: weak(ROLE),
      replicateSourceDb: blocks("aws:rds/instance:Instance"),
      "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn": weak(BACKUP_COPY),
    },
    valid: {
      identifier: /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/,
      instanceClass: /^db\./,
      allocatedStorage: { min: 20, max: 65_536 },
      backupRetentionPeriod: { min: 0, max: 35 },
      storageType: ["standard", "gp2", "gp3", "io1", "io2"],
      port: { min: 1_150, max: 65_535 },
    },
    unique: [{ in: "region", by: ["identifier"] }],
    quota: { limit: 40, code: "InstanceQuotaExceeded" },
    handles: ({ inputs }) => [String(inputs["identifier"])],
    refuse: instanceProblem,
    keeps: keepInstance,
  },
  [BACKUP_COPY]: {
    checks: "checked",
    id: regionalArn("rds", ({ hex }) => `auto-backup:ab-${hex(26)}`),
    defaults: { retentionPeriod: 7 },
    forceNew: ["kmsKeyId", "preSignedUrl", "retentionPeriod", "sourceDbInstanceArn"],
    refs: { sourceDbInstanceArn: weak("aws:rds/instance:Instance"), kmsKeyId: keyRef },
    valid: { sourceDbInstanceArn: "arn", kmsKeyId: "arn", retentionPeriod: { min: 1, max: 35 } },
    unique: [{ in: "region", by: ["sourceDbInstanceArn"] }],
    refuse: replicationProblem,
  },
  [DB_SUBNETS]: subnetGroup(regionalArn("rds", ({ id }) => `subgrp:${id}`)),
  [DB_PARAMETERS]: parameterGroup(regionalArn("rds", ({ id }) => `pg:${id}`)),
};

function instanceOutputs(m: Minting): Properties {
  const port = Number(m.inputs["port"] ?? PORTS[String(m.inputs["engine"])] ?? 5432);
  const address = `${String(m.inputs["identifier"])}.${m.hex(12, "host")}.${m.region}.rds.amazonaws.com`;
  const version = String(m.inputs["engineVersion"] ?? "17.4");
  return {
    ...{
      address,
      port,
      endpoint: `${address}:${port}`,
      hostedZoneId: "Z29XKXDKYMONMX",
      resourceId: m.id,
      status: "available",
    },
    ...{
      engineVersionActual: version,
      engineVersion: version,
      latestRestorableTime: "",
      listenerEndpoints: [],
      replicas: [],
    },
    ...{
      masterUserSecrets: [],
      upgradeRolloutOrder: "",
      multiAz: false,
      backupRetentionPeriod: 0,
      caCertIdentifier: "rds-ca-rsa2048-g1",
    },
  };
}

function instanceProblem({ inputs, region }: Minting): string | undefined {
  const restored = restoredFrom(inputs);
  const isReplica = inputs["replicateSourceDb"] !== undefined || inputs["snapshotIdentifier"] !== undefined;
  const hasPassword = ["password", "passwordWo", "manageMasterUserPassword"].some((name) => inputs[name] !== undefined);
  if (isReplica) return undefined;
  if (restored !== undefined) return restoreProblem(inputs, restored, region);
  if (inputs["engine"] === undefined || inputs["allocatedStorage"] === undefined)
    return "InvalidParameterCombination: engine and allocatedStorage are required";
  return hasPassword
    ? undefined
    : "InvalidParameterValue: one of password, passwordWo, manageMasterUserPassword is required";
}

const restoredFrom = ({ restoreToPointInTime }: Properties): string | undefined => {
  if (!isProperties(restoreToPointInTime)) return undefined;
  return String(restoreToPointInTime["sourceDbInstanceAutomatedBackupsArn"] ?? "");
};

/** The backup is one of this region; name and administrator are what it brings. */
function restoreProblem(inputs: Properties, backup: string, region: string): string | undefined {
  const given = ["dbName", "username"].filter((name) => inputs[name] !== undefined);
  if (given.length > 0) return `InvalidParameterCombination: a restored database keeps its own ${given.join(" and ")}`;
  return backup.split(":")[3] === region
    ? undefined
    : `DBInstanceAutomatedBackupNotFound: ${backup} is no automated backup of ${region}`;
}

function keepInstance({ id, properties }: CloudObject): string | undefined {
  if (properties["deletionProtection"] === true)
    return `InvalidParameterCombination: ${id} has deletion protection on: set deletionProtection to false first`;
  const named = properties["finalSnapshotIdentifier"] !== undefined;
  return properties["skipFinalSnapshot"] === true || named
    ? undefined
    : `${id}: finalSnapshotIdentifier is required when skipFinalSnapshot is false`;
}

/** The copy lives in another region and is encrypted with a key of that region. */
function replicationProblem({ inputs, region }: Minting): string | undefined {
  const regionOf = (name: string) => String(inputs[name] ?? "").split(":")[3];
  if (regionOf("sourceDbInstanceArn") === region) return "InvalidParameterValue: the copy must be in another region";
  return inputs["kmsKeyId"] !== undefined && regionOf("kmsKeyId") !== region
    ? `KMSKeyNotAccessibleFault: kmsKeyId must be a key of ${region}`
    : undefined;
}
