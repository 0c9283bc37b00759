/** Azure Managed Redis: TLS only, private, over zones, under a key of ours. */
import type { Category, Finding, Rule } from "../rule";
import type { Field } from "../value";
import { wantsOneOf, wantsSet } from "./checks";
import { cloudRule, type CloudFacts } from "./cloud-rule";

const CLUSTER = "azure-native:redisenterprise:RedisEnterprise";
const DATABASE = "azure-native:redisenterprise:Database";
const GUIDE = "https://learn.microsoft.com/en-us/azure/redis/";

type Facts = Omit<CloudFacts, "standards" | "link" | "types"> & { readonly page: string; readonly type: string };

const redisRule = (
  { page, type, ...facts }: Facts,
  check: (props: Field) => readonly Finding[],
  category?: Category,
): Rule =>
  cloudRule({ ...facts, types: [type], standards: [], link: `${GUIDE}${page}` }, ({ props }) => check(props), category);

const CLEAR = "What travels in the clear, or under TLS 1.0, can be read and changed on the way.";

export const AZURE_REDIS_RULES: readonly Rule[] = [
  redisRule(
    {
      id: "tls-azure-redis",
      type: DATABASE,
      severity: "critical",
      title: "A Managed Redis database must refuse plain connections.",
      why: CLEAR,
      remedy: 'set clientProtocol: "Encrypted"',
      page: "tls-configuration",
    },
    (props) => wantsOneOf(props.at("clientProtocol"), "Encrypted"),
    "tls",
  ),
  redisRule(
    {
      id: "tls-azure-redis-version",
      type: CLUSTER,
      severity: "critical",
      title: "Managed Redis must refuse anything below TLS 1.2.",
      why: CLEAR,
      remedy: 'set minimumTlsVersion: "1.2"',
      page: "tls-configuration",
    },
    (props) => wantsOneOf(props.at("minimumTlsVersion"), "1.2"),
    "tls",
  ),
  redisRule(
    {
      id: "cloud-azure-redis-private",
      type: CLUSTER,
      severity: "critical",
      title: "No Managed Redis may answer the internet.",
      why: "An access key would be all that stands between it and the internet.",
      remedy: 'set publicNetworkAccess: "Disabled", and reach it through a private endpoint',
      page: "private-link",
    },
    (props) => wantsOneOf(props.at("publicNetworkAccess"), "Disabled"),
  ),
  redisRule(
    {
      id: "cloud-azure-redis-over-zones",
      type: CLUSTER,
      severity: "medium",
      title: "Managed Redis must have a second node, which Azure puts into another zone.",
      why: "When a zone fails, the alternative is an empty cache and everybody signed out.",
      remedy: 'set highAvailability: "Enabled"',
      page: "high-availability",
    },
    (props) => wantsOneOf(props.at("highAvailability"), "Enabled"),
  ),
  redisRule(
    {
      id: "cloud-azure-redis-own-key",
      type: CLUSTER,
      severity: "medium",
      title: "Managed Redis must be encrypted with a key of ours.",
      why: "Reading what is on its disks then takes the right to the key.",
      remedy: "set encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl",
      page: "how-to-encryption",
    },
    (props) =>
      wantsSet(props.at("encryption", "customerManagedKeyEncryption", "keyEncryptionKeyUrl"), "no key of ours"),
  ),
];
