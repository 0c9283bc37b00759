/** KMS keys and CloudWatch log groups. A deleted key is only scheduled for deletion, and unusable from then on. */
import { unless, weak, type Minting, type TypeTable } from "../types";
import { input, regionalArn, uuid } from "./identifiers";

export const KEY = "aws:kms/key:Key";
export const REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey";
export const ALIAS = "aws:kms/alias:Alias";
const AWS_MANAGED = /alias\/aws\//;

/** Any key the program can name: its id, ARN or alias. */
export const keyRef = unless(AWS_MANAGED, weak(KEY, REPLICA_KEY, ALIAS));

const keyArn = regionalArn("kms", ({ id }) => `key/${id}`);

const WINDOW = { min: 7, max: 30 };

export const keyTypes: TypeTable = {
  [KEY]: {
    checks: "checked",
    id: (m) => (m.inputs["multiRegion"] === true ? `mrk-${m.hex(32)}` : uuid(m)),
    arn: keyArn,
    defaults: {
      ...{ bypassPolicyLockoutSafetyCheck: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT", isEnabled: true },
      ...{ enableKeyRotation: false, keyUsage: "ENCRYPT_DECRYPT" },
    },
    outputs: (m) => ({
      keyId: m.id,
      description: "",
      multiRegion: false,
      policy: defaultPolicy(m),
      rotationPeriodInDays: 365,
    }),
    forceNew: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
    valid: {
      policy: "json",
      deletionWindowInDays: WINDOW,
      rotationPeriodInDays: { min: 90, max: 2_560 },
      keyUsage: ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"],
    },
    keeps: () => "pending",
  },
  [REPLICA_KEY]: {
    checks: "checked",
    id: ({ inputs }) => String(inputs["primaryKeyArn"]).split("/").pop() ?? "",
    arn: keyArn,
    defaults: { enabled: true, bypassPolicyLockoutSafetyCheck: false },
    outputs: (m) => ({
      ...{ keyId: m.id, keyRotationEnabled: false, keySpec: "SYMMETRIC_DEFAULT", keyUsage: "ENCRYPT_DECRYPT" },
      policy: defaultPolicy(m),
    }),
    forceNew: ["primaryKeyArn"],
    refs: { primaryKeyArn: weak(KEY) },
    valid: { primaryKeyArn: "arn", policy: "json", deletionWindowInDays: WINDOW },
    refuse: ({ inputs, region }) =>
      /:key\/mrk-/.test(String(inputs["primaryKeyArn"])) && String(inputs["primaryKeyArn"]).split(":")[3] !== region
        ? undefined
        : "UnsupportedOperationException: the primary must be a multi-Region key of another region",
    keeps: () => "pending",
  },
  [ALIAS]: {
    checks: "checked",
    id: input("name"),
    arn: regionalArn("kms", input("name")),
    name: { property: "name", prefix: "namePrefix", max: 256, lead: "alias/" },
    outputs: (m) => ({ targetKeyArn: targetArn(m) }),
    unstable: ["targetKeyArn"],
    forceNew: ["name", "namePrefix"],
    refs: { targetKeyId: weak(KEY, REPLICA_KEY) },
    valid: { name: /^alias\/(?!aws\/)[\w/-]+$/ },
    unique: [{ in: "region", by: ["name"] }],
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    checks: "checked",
    id: input("name"),
    arn: regionalArn("logs", ({ id }) => `log-group:${id}`),
    name: { property: "name", prefix: "namePrefix", max: 512 },
    defaults: { retentionInDays: 0, skipDestroy: false },
    outputs: () => ({ deletionProtectionEnabled: false, logGroupClass: "STANDARD" }),
    forceNew: ["name", "namePrefix", "logGroupClass"],
    refs: { kmsKeyId: keyRef },
    valid: {
      name: /^[\w./#-]{1,512}$/,
      retentionInDays: "0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653".split(
        " ",
      ),
      logGroupClass: ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"],
    },
    unique: [{ in: "region", by: ["name"] }],
    handles: (m) => [`${regionalArn("logs", ({ id }) => `log-group:${id}`)(m)}:*`],
    keeps: ({ properties, id }) =>
      properties["deletionProtectionEnabled"] === true
        ? `ValidationException: log group ${id} has deletion protection on`
        : undefined,
  },
};

const targetArn = ({ inputs, find }: Minting): string => {
  const key = find(KEY, inputs["targetKeyId"]) ?? find(REPLICA_KEY, inputs["targetKeyId"]);
  return String(key?.properties["arn"] ?? "");
};

const defaultPolicy = ({ partition, account }: Minting): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:${partition}:iam::${account}:root` }, Action: "kms:*", Resource: "*" },
    ],
  });
