/** What holds data cannot be deleted by a slip. retainOnDelete is invisible to a pack: unit tests on options cover it. */
import { isType, type PolicyObject } from "../object";
import { violatedIf, type Rule } from "../rule";

const STATEFUL = [
  "aws:rds/instance:Instance",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
] as const;

const isProtected = ({ options, props }: PolicyObject): boolean =>
  options.protect || props.at("deletionProtection").is(true);

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
    applies: (object) => isType(object, ...STATEFUL),
    check: (object) =>
      violatedIf(!isProtected(object), { path: "protect" }, "it can be deleted without being asked for"),
  },
];
