/** Valkey as a service: encrypted, with users of its own, over zones. Its TLS is in `tls-cloud`. */
import { any } from "../logic";
import { decide, undecided, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { together, wantsNotTrue, wantsSet, wantsTrue } from "./checks";
import { cloudRule } from "./cloud-rule";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const USER = "aws:elasticache/user:User";
const GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/";

function authenticates(group: Field): readonly Finding[] {
  const [users, token] = [group.at("userGroupIds"), group.at("authToken")];
  const answer = any([() => users.items.length > 0, () => token.isSet]);
  if (answer === undefined) return [undecided(users)];
  return answer ? [] : [violated(users, "everybody who reaches it may read and write everything")];
}

const OPEN_WAY = "no-password-required";

/** Rights of everybody's: every command. */
const isBoundless = (access: Field): boolean => /(^|\s)(\+@all|allcommands)(\s|$)/.test(access.text ?? "");

const USER_RULES: readonly Rule[] = [
  cloudRule(
    {
      id: "cloud-elasticache-authenticated",
      types: [GROUP],
      severity: "high",
      standards: [],
      title: "A replication group must know its users.",
      why: "The network alone cannot tell the service that may write from the one that may read.",
      remedy: "set userGroupIds to a user group, or authToken",
      link: `${GUIDE}Clusters.RBAC.html`,
    },
    ({ props }) => authenticates(props),
  ),
  cloudRule(
    {
      id: "cloud-elasticache-user-password",
      types: [USER],
      severity: "high",
      standards: [],
      title: "Every user of a replication group must prove who it is.",
      why: "A name alone is known to everybody.",
      remedy: "set authenticationMode to password or iam, and leave noPasswordRequired out",
      link: `${GUIDE}Clusters.RBAC.html`,
    },
    ({ props }) =>
      together(
        () => wantsNotTrue(props.at("noPasswordRequired"), "no password is asked"),
        () => {
          const way = props.at("authenticationMode", "type");
          return violatedIf(way.is(OPEN_WAY), way, "no password is asked");
        },
      ),
  ),
  cloudRule(
    {
      id: "cloud-elasticache-user-bounded",
      types: [USER],
      severity: "medium",
      standards: [],
      title: "No user of a replication group may run every command.",
      why: "FLUSHALL and CONFIG are commands too.",
      remedy: "list the categories that are needed in accessString, and end with -@dangerous",
      link: `${GUIDE}Clusters.RBAC.html`,
    },
    ({ props }) => violatedIf(isBoundless(props.at("accessString")), props.at("accessString"), "every command"),
  ),
];

export const CLOUD_CACHE_RULES: readonly Rule[] = [
  ...USER_RULES,
  cloudRule(
    {
      id: "cloud-elasticache-encrypted",
      types: [GROUP],
      severity: "high",
      standards: [],
      title: "Every replication group must be encrypted at rest.",
      why: "Sessions and cached records end up in snapshots and on disk.",
      remedy: "set atRestEncryptionEnabled: true",
      link: `${GUIDE}at-rest-encryption.html`,
    },
    ({ props }) => wantsTrue(props.at("atRestEncryptionEnabled")),
  ),
  cloudRule(
    {
      id: "cloud-elasticache-own-key",
      types: [GROUP],
      severity: "medium",
      standards: [],
      title: "Every replication group must be encrypted with a key of ours.",
      why: "Reading a snapshot then takes the right to the key.",
      remedy: "set kmsKeyId",
      link: `${GUIDE}at-rest-encryption.html`,
    },
    ({ props }) => wantsSet(props.at("kmsKeyId"), "no key of ours"),
  ),
  cloudRule(
    {
      id: "cloud-elasticache-over-zones",
      types: [GROUP],
      severity: "medium",
      standards: [],
      title: "Every replication group must have a replica in another zone that takes over by itself.",
      why: "When a zone fails, the alternative is an empty cache and everybody signed out.",
      remedy: "set multiAzEnabled and automaticFailoverEnabled: true, and at least two cache clusters",
      link: `${GUIDE}AutoFailover.html`,
    },
    ({ props }) =>
      ["multiAzEnabled", "automaticFailoverEnabled"].flatMap((flag) => decide(() => wantsTrue(props.at(flag)))),
  ),
];
