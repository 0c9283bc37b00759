/** Settings of what runs in the cluster for us: volumes, deliveries, databases of an operator. */
import { namespaced, objects, text } from "../admission/form";
import { isKind, type PolicyObject } from "../object";
import { decide, each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { together, wantsNotTrue, wantsSet, wantsTrue } from "./checks";

const EBS = "ebs.csi.aws.com";

function encryptedVolumes({ props }: PolicyObject): readonly Finding[] {
  if (!props.at("provisioner").is(EBS)) return [];
  const settings = props.at("parameters");
  return together(
    () => wantsTrue(settings.at("encrypted")),
    () => wantsSet(settings.at("kmsKeyId"), "no key of ours"),
  );
}

const isStar = (field: Field): boolean => field.is("*");

/** What an Argo CD project may take, where it may put it, and of which kinds. */
function bounded({ props }: PolicyObject): readonly Finding[] {
  const spec = props.at("spec");
  return [
    ...each(spec.at("sourceRepos").items, (source) => violatedIf(isStar(source), source, "any repository will do")),
    ...each(spec.at("destinations").items, (place) =>
      violatedIf(isStar(place.at("namespace")) || isStar(place.at("server")), place, "any place will do"),
    ),
    ...each(spec.at("clusterResourceWhitelist").items, (kind) =>
      violatedIf(isStar(kind.at("kind")), kind, "any kind of the whole cluster will do"),
    ),
  ];
}

const isPostgres = (object: PolicyObject): boolean => isKind(object, "postgresql.cnpg.io", "Cluster");

const CLUSTERS = [namespaced("postgresql.cnpg.io", "clusters")];

const REFUSES_PLAIN = /^hostnossl\s+all\s+all\s+\S+\s+reject/;
const BELOW_TLS_1_2 = /^TLSv1(\.1)?$/;

const POSTGRESQL = "object.spec.?postgresql";
const REFUSED = `${POSTGRESQL}.?pg_hba.orValue([]).exists(l, l.matches(${text(REFUSES_PLAIN.source)}))`;
const LEAST = `${POSTGRESQL}.?parameters[?"ssl_min_protocol_version"].orValue("")`;

/** The operator's own lines come first and let its own instances in; ours decide for everybody else. */
function refusesPlain({ props }: PolicyObject): readonly Finding[] {
  const rules = props.at("spec", "postgresql", "pg_hba");
  const least = props.at("spec", "postgresql", "parameters", "ssl_min_protocol_version");
  return [
    ...decide(() =>
      rules.items.some((line) => REFUSES_PLAIN.test(line.text ?? ""))
        ? []
        : [violated(rules, "plain connections are taken")],
    ),
    ...decide(() => violatedIf(BELOW_TLS_1_2.test(least.text ?? ""), least, "less than TLS 1.2 is taken")),
  ];
}

export const OPERATED_RULES: readonly Rule[] = [
  {
    id: "cloud-volumes-encrypted",
    category: "cloud",
    scope: "object",
    severity: "high",
    standards: ["cis-eks"],
    title: "Every volume of a storage class must be encrypted with a key of ours.",
    why: "A copied snapshot then opens nothing by itself.",
    remedy: 'set parameters.encrypted: "true" and parameters.kmsKeyId',
    link: "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md",
    applies: (object) => isKind(object, "storage.k8s.io", "StorageClass"),
    check: encryptedVolumes,
  },
  {
    id: "rbac-delivery-bounded",
    category: "rbac",
    scope: "object",
    severity: "high",
    standards: [],
    title: "An Argo CD project must name its repositories, its namespaces, and its kinds of the whole cluster.",
    why: "Whoever may write an Application could otherwise deliver anything anywhere.",
    remedy: "list them in sourceRepos, destinations and clusterResourceWhitelist",
    link: "https://argo-cd.readthedocs.io/en/stable/user-guide/projects/",
    applies: (object) => isKind(object, "argoproj.io", "AppProject"),
    check: bounded,
  },
  {
    id: "tls-cloudnative-pg",
    category: "tls",
    scope: "object",
    severity: "critical",
    standards: [],
    title: "PostgreSQL of CloudNativePG must refuse plain connections and anything below TLS 1.2.",
    why: "What travels in the clear, or under TLS 1.0, can be read and changed on the way.",
    remedy: 'add "hostnossl all all all reject" to postgresql.pg_hba',
    link: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section",
    applies: isPostgres,
    admission: objects(CLUSTERS, `${REFUSED} && !${LEAST}.matches(${text(BELOW_TLS_1_2.source)})`),
    check: refusesPlain,
  },
  {
    id: "rbac-no-database-superuser",
    category: "rbac",
    scope: "object",
    severity: "high",
    standards: [],
    title: "Nobody may sign in to a database of CloudNativePG as its superuser.",
    why: "The superuser reads everything, runs programs in the pod, and is past every grant.",
    remedy: "leave enableSuperuserAccess out, or false",
    link: "https://cloudnative-pg.io/documentation/current/security/#postgresql",
    applies: isPostgres,
    admission: objects(CLUSTERS, "!object.spec.?enableSuperuserAccess.orValue(false)"),
    check: ({ props }) => wantsNotTrue(props.at("spec", "enableSuperuserAccess"), "the superuser may sign in"),
  },
];
