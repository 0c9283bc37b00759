/** Keys, images and logs: what outlives the machines, and who may use it. */
import { companions } from "../joins";
import type { PolicyObject } from "../object";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { wantsOneOf, wantsSet, wantsTrue } from "./checks";
import { cloudJoin, cloudRule } from "./cloud-rule";
import { isEverybody, statements } from "./policy-document";

const KEY = "aws:kms/key:Key";
const REPLICA = "aws:kms/replicaKey:ReplicaKey";
const REPOSITORY = "aws:ecr/repository:Repository";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/";
const ECR = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/";
const WINDOW = 30;

/** A condition may narrow everybody down to an account or a service. */
const openKey = (policy: Field): readonly Finding[] =>
  each(statements(policy), (statement) =>
    violatedIf(
      statement.at("Effect").is("Allow") && isEverybody(statement) && !statement.at("Condition").isSet,
      policy,
      "one statement is for everybody",
    ),
  );

/** Without a number AWS waits thirty days, its longest. */
const window = (days: Field): readonly Finding[] =>
  violatedIf(Number(days.text ?? WINDOW) < WINDOW, days, `wants ${WINDOW} days, got ${days.shape}`);

/** What the data of another region depends on has a replica there, and only a multi-region key can have one. */
function replicated(key: PolicyObject, stack: Stack): readonly Finding[] {
  const flag = key.props.at("multiRegion");
  const { found } = companions(key, stack, {
    types: [REPLICA],
    property: "primaryKeyArn",
    names: [key.props.at("arn")],
  });
  return violatedIf(found.length > 0 && !flag.is(true), flag, "it has a replica in another region");
}

const KEY_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-kms-rotated",
      types: [KEY],
      severity: "medium",
      standards: ["cis-aws"],
      title: "Every key must be rotated.",
      why: "It bounds what one leaked key version can open.",
      remedy: "set enableKeyRotation: true",
      link: `${KMS}rotate-keys.html`,
    },
    ({ props }) => wantsTrue(props.at("enableKeyRotation")),
  ),
  cloudRule(
    {
      id: "cloud-kms-not-for-everybody",
      types: [KEY, REPLICA],
      severity: "high",
      standards: ["cis-aws"],
      title: "No key may be for everybody.",
      why: "A key is the second lock of what it encrypts; for everybody it is none.",
      remedy: "name the account or the roles in the key's policy, or narrow the statement by a condition",
      link: `${KMS}key-policies.html`,
    },
    ({ props }) => openKey(props.at("policy")),
  ),
  cloudRule(
    {
      id: "cloud-kms-deletion-window",
      types: [KEY, REPLICA],
      severity: "high",
      standards: [],
      title: "A key must wait thirty days before it is gone.",
      why: "What it encrypted, backups included, is gone with it; that is time to notice.",
      remedy: "leave deletionWindowInDays out, or set it to 30",
      link: `${KMS}deleting-keys.html`,
    },
    ({ props }) => window(props.at("deletionWindowInDays")),
  ),
  cloudJoin(
    {
      id: "cloud-kms-multi-region",
      types: [KEY],
      severity: "high",
      standards: [],
      title: "A key that another region depends on must be a multi-region key.",
      why: "It cannot be made one later: everything would have to be encrypted anew.",
      remedy: "set multiRegion: true when the key is made",
      link: `${KMS}multi-region-keys-overview.html`,
    },
    replicated,
  ),
];

const IMAGE_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-ecr-immutable",
      types: [REPOSITORY],
      severity: "medium",
      standards: ["cis-eks"],
      title: "A tag of an image must stay what it was.",
      why: "What was tested could be replaced under the same name.",
      remedy: 'set imageTagMutability: "IMMUTABLE"',
      link: `${ECR}image-tag-mutability.html`,
    },
    ({ props }) => wantsOneOf(props.at("imageTagMutability"), "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"),
  ),
  cloudRule(
    {
      id: "cloud-ecr-scanned",
      types: [REPOSITORY],
      severity: "medium",
      standards: ["cis-eks"],
      title: "Images must be scanned when they are pushed.",
      why: "Known holes are cheapest to find before anything runs.",
      remedy: "set imageScanningConfiguration.scanOnPush: true",
      link: `${ECR}image-scanning.html`,
    },
    ({ props }) => wantsTrue(props.at("imageScanningConfiguration", "scanOnPush")),
  ),
  cloudRule(
    {
      id: "cloud-ecr-own-key",
      types: [REPOSITORY],
      severity: "medium",
      standards: [],
      title: "Images must be encrypted with a key of ours.",
      why: "Pulling them then takes the right to the key.",
      remedy: 'set encryptionConfigurations with encryptionType "KMS" and the key',
      link: `${ECR}encryption-at-rest.html`,
    },
    ({ props }) => {
      const stated = props.at("encryptionConfigurations");
      return violatedIf(!stated.items.some((entry) => entry.at("encryptionType").is("KMS")), stated, "no key of ours");
    },
  ),
];

const LOG_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-logs-retained",
      types: [LOGS],
      severity: "medium",
      standards: ["cis-aws"],
      title: "Every log group must say how long it keeps.",
      why: "Without a number it keeps for ever, personal data included.",
      remedy: "set retentionInDays",
      link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    },
    ({ props }) => {
      const days = props.at("retentionInDays");
      return violatedIf(!(Number(days.text ?? 0) > 0), days, `wants a number of days, got ${days.shape}`);
    },
  ),
  cloudRule(
    {
      id: "cloud-logs-own-key",
      types: [LOGS],
      severity: "medium",
      standards: [],
      title: "Every log group must be encrypted with a key of ours.",
      why: "Logs repeat what the systems behind them hold.",
      remedy: "set kmsKeyId",
      link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    },
    ({ props }) => wantsSet(props.at("kmsKeyId"), "no key of ours"),
  ),
];

export const CLOUD_KEY_RULES: readonly Rule[] = [...KEY_RULES, ...IMAGE_RULES, ...LOG_RULES];
