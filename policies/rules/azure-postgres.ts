/** Azure's PostgreSQL (flexible server), alone and with its configurations: TLS, private, over zones, recoverable. */
import { any } from "../logic";
import { companions } from "../joins";
import type { PolicyObject } from "../object";
import { decide, undecided, violated, violatedIf, type Category, type Finding, type Rule } from "../rule";
import type { Stack } from "../stack";
import type { Field } from "../value";
import { wantsAtLeast, wantsOneOf } from "./checks";
import { cloudJoin, cloudRule, type CloudFacts } from "./cloud-rule";

const SERVERS = ["azure-native:dbforpostgresql:Server", "azure-native:dbforpostgresql:FlexibleServer"] as const;
const CONFIGURATION = "azure-native:dbforpostgresql:Configuration";
const GUIDE = "https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/";
const WEEK = 7;

type Facts = Omit<CloudFacts, "types" | "standards" | "link"> & { readonly page: string };

const serverFacts = ({ page, ...facts }: Facts): CloudFacts => ({
  ...facts,
  types: SERVERS,
  standards: [],
  link: `${GUIDE}${page}`,
});

const serverRule = (facts: Facts, check: (props: Field) => readonly Finding[]): Rule =>
  cloudRule(serverFacts(facts), ({ props }) => check(props));

function isPrivate(props: Field): readonly Finding[] {
  const [subnet, access] = [
    props.at("network", "delegatedSubnetResourceId"),
    props.at("network", "publicNetworkAccess"),
  ];
  const answer = any([() => !subnet.isKnown || subnet.isSet, () => access.is("Disabled")]);
  if (answer === undefined) return [undecided(access)];
  return answer ? [] : [violated(access, "it answers the internet")];
}

/** A replica has its source's copies. */
const isReplica = (props: Field): boolean => props.at("createMode").is("Replica");

const usesDirectory = (props: Field): readonly Finding[] => {
  const auth = props.at("authConfig");
  const answer = any(["activeDirectoryAuth", "microsoftEntraAuth"].map((key) => () => auth.at(key).is("Enabled")));
  return answer === undefined ? [undecided(auth)] : violatedIf(!answer, auth, "only passwords are accepted");
};

/** A server's configurations by name; one that is not stated has Azure's own value. */
function setting(server: PolicyObject, stack: Stack, name: string): Field | undefined {
  const names = [server.props.at("serverName"), server.props.at("name")];
  const { found } = companions(server, stack, { types: [CONFIGURATION], property: "serverName", names });
  return found.find(({ props }) => props.at("configurationName").is(name))?.props.at("value");
}

const encrypts = (server: PolicyObject, stack: Stack): readonly Finding[] => {
  const at = server.props.at("network");
  const [forced, least] = ["require_secure_transport", "ssl_min_protocol_version"].map((name) =>
    setting(server, stack, name),
  );
  return [
    ...decide(() =>
      violatedIf(
        /^(off|false|0)$/i.test(forced?.text ?? "on"),
        at,
        "plain connections are taken: require_secure_transport is off",
      ),
    ),
    ...decide(() =>
      violatedIf(
        /^TLSv1(\.1)?$/i.test(least?.text ?? "TLSv1.2"),
        at,
        "less than TLS 1.2 is taken: ssl_min_protocol_version",
      ),
    ),
  ];
};

const TLS: Category = "tls";

export const AZURE_POSTGRES_RULES: readonly Rule[] = [
  cloudJoin(
    serverFacts({
      id: "tls-azure-postgres",
      severity: "critical",
      title: "PostgreSQL on Azure must refuse plain connections and anything below TLS 1.2.",
      why: "What travels in the clear, or under TLS 1.0, can be read and changed on the way.",
      remedy: "leave require_secure_transport and ssl_min_protocol_version as they are, or set them to on and TLSv1.2",
      page: "security-tls",
    }),
    encrypts,
    TLS,
  ),
  serverRule(
    {
      id: "cloud-azure-postgres-private",
      severity: "critical",
      title: "No PostgreSQL server may answer the internet.",
      why: "A password would be all that stands between it and the internet.",
      remedy: "set network.delegatedSubnetResourceId, or publicNetworkAccess Disabled with a private endpoint",
      page: "concepts-networking-private",
    },
    isPrivate,
  ),
  serverRule(
    {
      id: "cloud-azure-postgres-geo-backup",
      severity: "high",
      title: "A PostgreSQL server's backups must be copied to the paired region.",
      why: "It can only be chosen when the server is made, and is what is left when the region is lost.",
      remedy: 'set backup.geoRedundantBackup: "Enabled" when the server is made',
      page: "concepts-geo-disaster-recovery",
    },
    (props) => (isReplica(props) ? [] : wantsOneOf(props.at("backup", "geoRedundantBackup"), "Enabled")),
  ),
  serverRule(
    {
      id: "cloud-azure-postgres-backed-up",
      severity: "high",
      title: "A PostgreSQL server must keep at least a week of backups.",
      why: "Damage is often noticed days later.",
      remedy: "set backup.backupRetentionDays to 7 or more",
      page: "concepts-backup-restore",
    },
    (props) => (isReplica(props) ? [] : wantsAtLeast(props.at("backup", "backupRetentionDays"), WEEK, "days")),
  ),
  serverRule(
    {
      id: "cloud-azure-postgres-over-zones",
      severity: "medium",
      title: "A PostgreSQL server must stand by in a second zone.",
      why: "When a zone fails, the alternative is a restore.",
      remedy: 'set highAvailability.mode: "ZoneRedundant"',
      page: "concepts-high-availability",
    },
    (props) => (isReplica(props) ? [] : wantsOneOf(props.at("highAvailability", "mode"), "ZoneRedundant")),
  ),
  serverRule(
    {
      id: "cloud-azure-postgres-directory",
      severity: "high",
      title: "A PostgreSQL server must accept the directory's identities.",
      why: "People and pods then sign in with tokens that expire, instead of with a shared password.",
      remedy: 'set authConfig.activeDirectoryAuth: "Enabled"',
      page: "concepts-azure-ad-authentication",
    },
    usesDirectory,
  ),
  serverRule(
    {
      id: "cloud-azure-postgres-own-key",
      severity: "medium",
      title: "A PostgreSQL server must be encrypted with a key of ours.",
      why: "Reading a copy then takes the right to the key.",
      remedy: 'set dataEncryption.type: "AzureKeyVault" with the key, when the server is made',
      page: "concepts-data-encryption",
    },
    (props) => wantsOneOf(props.at("dataEncryption", "type"), "AzureKeyVault"),
  ),
];
