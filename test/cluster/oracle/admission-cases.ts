/**
 * Objects on which a rule and its policy at admission are compared: the smallest passer and violator of each rule, filled up
 * to what the API server takes, and random ones of every kind that some policy reads, with values at the borders of each rule.
 */
import fc, { type Arbitrary } from "fast-check";
import { CASES } from "../../policies/support/cases";
import { CONTAINER, manifest, POD_CONTEXT, type Sample } from "../../policies/support/samples";
import { list, look, put, without, type Fields } from "./edit";
import type { Wanted } from "./mutations";

export interface Sent {
  readonly name: string;
  /** Where such objects are made, below the namespace where they have one. */
  readonly resource: string;
  readonly object: Fields;
}

interface Served {
  readonly resource: string;
  /** Adds what the API demands beyond what a rule reads. */
  readonly fill?: (object: Fields) => Fields;
}

const RBAC = "rbac.authorization.k8s.io/v1";

const filled = (path: readonly string[], wanted: Fields) => (object: Fields) =>
  put(object, path, { ...wanted, ...(look(object, path) as Fields | undefined) });

const RULE = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
const fillRules = (object: Fields) =>
  put(
    object,
    ["rules"],
    list(object["rules"]).map((rule) => ({ ...RULE, ...(rule as Fields) })),
  );
const fillReference = filled(["roleRef"], { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole" });

const SERVED: Readonly<Record<string, Served>> = {
  "v1 Pod": { resource: "pods", fill: (object) => withOwners(object) },
  "v1 PodTemplate": { resource: "podtemplates" },
  "v1 ReplicationController": { resource: "replicationcontrollers" },
  "apps/v1 Deployment": { resource: "deployments", fill: (object) => withSpread(object) },
  "apps/v1 StatefulSet": { resource: "statefulsets" },
  "apps/v1 DaemonSet": { resource: "daemonsets" },
  "apps/v1 ReplicaSet": { resource: "replicasets" },
  "batch/v1 Job": { resource: "jobs" },
  "batch/v1 CronJob": { resource: "cronjobs" },
  "argoproj.io/v1alpha1 Rollout": { resource: "rollouts" },
  "v1 ConfigMap": { resource: "configmaps" },
  "v1 Namespace": { resource: "namespaces" },
  "v1 Service": { resource: "services", fill: filled(["spec"], { ports: [{ port: 80, name: "http" }] }) },
  [`${RBAC} Role`]: { resource: "roles", fill: fillRules },
  [`${RBAC} ClusterRole`]: { resource: "clusterroles", fill: fillRules },
  [`${RBAC} RoleBinding`]: { resource: "rolebindings", fill: fillReference },
  [`${RBAC} ClusterRoleBinding`]: { resource: "clusterrolebindings", fill: fillReference },
  "networking.k8s.io/v1 NetworkPolicy": { resource: "networkpolicies" },
  "networking.k8s.io/v1 Ingress": { resource: "ingresses" },
  "gateway.networking.k8s.io/v1 HTTPRoute": { resource: "httproutes" },
  "gateway.networking.k8s.io/v1 GRPCRoute": { resource: "grpcroutes" },
  "configuration.konghq.com/v1 KongIngress": { resource: "kongingresses" },
  "postgresql.cnpg.io/v1 Cluster": { resource: "clusters", fill: filled(["spec"], { storage: { size: "1Gi" } }) },
  "gateway.networking.k8s.io/v1 Gateway": { resource: "gateways", fill: (object) => withCertificates(object) },
};

/** What the rules' own samples leave out of a reference to an owner, and of a spread over zones. */
const withOwners = (object: Fields): Fields =>
  filledItems(object, ["metadata", "ownerReferences"], { apiVersion: "apps/v1", uid: "u" });
const withSpread = (object: Fields): Fields =>
  filledItems(object, ["spec", "template", "spec", "topologySpreadConstraints"], {
    maxSkew: 1,
    whenUnsatisfiable: "DoNotSchedule",
  });

const filledItems = (object: Fields, path: readonly string[], wanted: Fields): Fields => {
  const items = list(look(object, path));
  return items.length === 0
    ? object
    : put(
        object,
        path,
        items.map((item) => ({ ...wanted, ...(item as Fields) })),
      );
};

/** The definition wants a certificate on every listener that ends TLS, whatever the class does with it. */
const withCertificates = (object: Fields): Fields =>
  put(
    object,
    ["spec", "listeners"],
    list(look(object, ["spec", "listeners"])).map((listener) =>
      look(listener, ["protocol"]) === "HTTP"
        ? listener
        : { tls: { certificateRefs: [{ name: "c" }] }, ...(listener as Fields) },
    ),
  );

/** Objects that have no namespace. */
export const CLUSTER_WIDE: readonly string[] = ["namespaces", "clusterroles", "clusterrolebindings"];

function sent(name: string, object: Fields): Sent {
  const served = SERVED[`${String(object["apiVersion"])} ${String(object["kind"])}`];
  if (served === undefined) throw new Error(`${name}: no place for ${String(object["kind"])}`);
  const whole = (served.fill ?? ((same: Fields) => same))(object);
  const metadata = { ...without(whole["metadata"], ["namespace"]), name: "oracle" };
  return { name, resource: served.resource, object: { ...whole, metadata } };
}

export interface Pair {
  readonly rule: string;
  readonly passes: Sent;
  readonly fails: Sent;
}

const HTTP_ROUTE = (protocols: string): Sample =>
  manifest("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name: "r", annotations: { "konghq.com/protocols": protocols } },
    spec: { parentRefs: [{ name: "shop" }] },
  });

/** Where the API server refuses a rule's own violator before it asks a policy: another one. */
const INSTEAD: Readonly<Record<string, readonly [passes: Sample, fails: Sample]>> = {
  "tls-kong-protocols": [HTTP_ROUTE("https"), HTTP_ROUTE("https,http")],
};

/** The passer and the violator of each of these rules, as its own tests have them. */
export const pairs = (rules: readonly string[]): readonly Pair[] =>
  CASES.filter(({ rule }) => rules.includes(rule)).map(({ rule, passes, fails }) => {
    const made = (what: string, samples: typeof passes): Sent =>
      sent(`${rule} ${what}`, (samples[0]?.props ?? {}) as Fields);
    const [sound, broken] = INSTEAD[rule] ?? [];
    return {
      rule,
      passes: made("passer", sound === undefined ? passes : [sound]),
      fails: made("violator", broken === undefined ? fails : [broken]),
    };
  });

const maybe = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const from = <T>(...values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);

/** A map of fields without those that came out as nothing. */
const fields = (model: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<Fields> =>
  fc.record(model).map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));

/** Mostly the sound value, so that what is refused is refused for one reason. */
const mostly = <T>(sound: T, others: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(sound) }, { weight: 1, arbitrary: others });

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const IMAGES = [
  ...["app", "app:latest", "registry.example:5000/app", "registry.example:5000/app:1", "a:latest/b", "app:"],
  ...["app:latest-1", "app:LATEST", ":latest", "a::latest", "a:1:latest", "a/:latest", "a/b:latest", "app:1 "],
  ...[`app@${DIGEST}`, `app:latest@${DIGEST}`, "app@sha512:00", "app:1\n", "app:latest\n"],
  ...["docker.io/velero/velero:1", "velero/velero:1", "docker.io/alpine/k8s:1", "alpine/k8s", "alpine/k8s-evil:1"],
  ...[
    "ghcrXio/acme/app:1",
    "ghcr.io/acme",
    "ghcr.io/acme2/app:1",
    "evil/ghcr.io/acme/app:1",
    "localhost/app:1",
    "quay.io/argoproj/x:1",
  ],
];

const NAMES = [
  ...["DB_PASSWORD", "db_password", "PASSWORD_FILE", "TOKEN", "Token", "API-KEY", "apiKey", "x.secret", "AccessKey"],
  ...["PRIVATE_KEY", "CREDENTIAL", "CREDENTIALS", "CONNECTIONSTRING", "PASSWDS", "LOG_LEVEL", "URL"],
];
const VALUES = [
  ...["", "info", "postgres://u:p@h/d", "postgres://u@h/d", "POSTGRES://:p@h", "http://h:80/@x", "1http://a:b@c"],
  ...[
    "see http://a:b@c",
    "http://a b:c@d",
    "x\nhttp://a:b@c",
    "http://a:\n@c",
    "a+b.c-d://:x@",
    "://a:b@c",
    "http://:@h",
  ],
];

const variable = fc.oneof(
  fields({ name: from(...NAMES), value: maybe(from(...VALUES)) }),
  from({ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }),
);

const WORDS = [
  ...[
    "serve",
    "--db-password=x",
    "--DB-Password x",
    "-token=",
    "--token=$(TOKEN)",
    "--token=$(TOKEN)x",
    "--a-api-key x",
  ],
  ...["password=x", "--secret-file=x", "--apikey=x\ny", "ghp_" + "a1".repeat(18), "x;Pwd=1", "x; sharedaccesskey=2;"],
];

const RESOURCES = { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } };

const container: Arbitrary<Fields> = fields({
  name: fc.constant("app"),
  image: mostly(
    "ghcr.io/acme/app:1.2.3",
    fc.oneof(from(...IMAGES), from("ghcr.io/acme/app", "ghcr.io/acme/app:latest")),
  ),
  command: mostly<unknown>(undefined, fc.array(from(...WORDS), { maxLength: 1 })),
  args: mostly<unknown>(undefined, fc.array(from(...WORDS), { maxLength: 2 })),
  resources: mostly<unknown>(
    RESOURCES,
    from<unknown>(
      undefined,
      {},
      { limits: { cpu: "1", memory: "64Mi" } },
      { requests: { cpu: "100m" }, limits: { memory: "64Mi" } },
      { requests: RESOURCES.requests },
    ),
  ),
  env: mostly<unknown>(undefined, fc.array(variable, { maxLength: 2 })),
  securityContext: mostly<unknown>(
    CONTAINER.securityContext,
    from<unknown>(undefined, null, {}, { readOnlyRootFilesystem: null }, { readOnlyRootFilesystem: false }),
  ),
});

const numbered = (containers: readonly Fields[], name: string): readonly Fields[] =>
  containers.map((each, index) => ({ ...each, name: `${name}-${index}` }));

const PROBES = ["readinessProbe", "livenessProbe"];
const probesOf = (names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, { tcpSocket: { port: 8080 } }]));

const podSpec: Arbitrary<Fields> = fc
  .record({
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    initContainers: fc.oneof(fc.constant(undefined), fc.array(container, { maxLength: 2 })),
    more: fields({
      serviceAccountName: mostly<unknown>("app", from<unknown>(undefined, "default")),
      resources: mostly<unknown>(undefined, from<unknown>({ requests: RESOURCES.requests }, RESOURCES)),
    }),
    probed: mostly<readonly string[]>(PROBES, fc.subarray(PROBES)),
  })
  .map(({ containers, initContainers, more, probed }) => ({
    ...more,
    securityContext: POD_CONTEXT,
    containers: numbered(containers, "app").map((each, index) => ({
      ...each,
      ...(index === 0 ? probesOf(probed) : probesOf(PROBES)),
    })),
    ...(initContainers === undefined ? {} : { initContainers: numbered(initContainers, "init") }),
  }));

const labels = { app: "oracle" };
const selector = { matchLabels: labels };

/** Each kind that makes pods, around a spec. */
const WORKLOADS: Readonly<Record<string, (spec: Fields) => Fields>> = {
  "v1 Pod": (spec) => ({ spec }),
  "v1 PodTemplate": (spec) => ({ template: { metadata: { labels }, spec } }),
  "v1 ReplicationController": (spec) => ({ spec: { selector: labels, template: { metadata: { labels }, spec } } }),
  ...Object.fromEntries(
    ["apps/v1 Deployment", "apps/v1 DaemonSet", "apps/v1 ReplicaSet", "argoproj.io/v1alpha1 Rollout"].map((kind) => [
      kind,
      (spec: Fields) => ({ spec: { selector, template: { metadata: { labels }, spec } } }),
    ]),
  ),
  "apps/v1 StatefulSet": (spec) => ({
    spec: { serviceName: "oracle", selector, template: { metadata: { labels }, spec } },
  }),
  "batch/v1 Job": (spec) => ({ spec: { template: { spec: { ...spec, restartPolicy: "Never" } } } }),
  "batch/v1 CronJob": (spec) => ({
    spec: {
      schedule: "@daily",
      jobTemplate: { spec: { template: { spec: { ...spec, restartPolicy: "Never" } } } },
    },
  }),
};

const OWNER = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "oracle", uid: "u" };

const BORROWED = {
  kind: "argoproj.io/v1alpha1 Rollout",
  object: { spec: { selector, workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" } } },
};

interface Made {
  readonly kind: string;
  readonly object: Fields;
}

const workload: Arbitrary<Made> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc
      .tuple(from(...Object.keys(WORKLOADS)), podSpec, mostly<unknown>([OWNER], from<unknown>(undefined, [])))
      .map(([kind, spec, ownerReferences]) => ({
        kind,
        object: {
          ...WORKLOADS[kind]?.(spec),
          metadata: { ...(ownerReferences === undefined ? {} : { ownerReferences }) },
        },
      })),
  },
  { weight: 1, arbitrary: fc.constant(BORROWED) },
);

const of = (kind: string, object: Arbitrary<Fields>): Arbitrary<Made> => object.map((made) => ({ kind, object: made }));

const texts = (values: readonly string[]) => from(...values);

const configMap = fields({
  data: from<unknown>(null, undefined, {}).chain((none) =>
    fc.oneof(fc.constant(none), fc.dictionary(texts(NAMES), texts(VALUES), { maxKeys: 2 })),
  ),
  binaryData: from<unknown>(undefined, { TOKEN: "eA==" }),
});

const ENFORCE = "pod-security.kubernetes.io/enforce";
const namespace = fields({
  metadata: fields({
    labels: fc.oneof(
      from<unknown>(undefined, null, {}, { "pod-security.kubernetes.io/warn": "restricted" }),
      fields({
        [ENFORCE]: from("restricted", "restricted", "baseline", "privileged"),
        [`${ENFORCE}-version`]: from<unknown>(undefined, "v1.36", "v1.36", "v1.36", "latest", "v1.9"),
      }),
    ),
  }),
});

const names = (...values: readonly string[]) =>
  mostly<readonly string[]>(["pods"], fc.subarray([...values, "*", "*/scale", "**"], { minLength: 1, maxLength: 2 }));
const wildcardRule = fields({ apiGroups: names("", "apps"), resources: names("pods"), verbs: names("get", "list") });
const dangerousRule = fields({
  apiGroups: from([""], ["rbac.authorization.k8s.io"]),
  resources: fc.subarray(
    ["pods/exec", "secrets", "clusterroles", "rolebindings", "serviceaccounts", "nodes/proxy", "pods"],
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  verbs: fc.subarray(["get", "list", "create", "bind", "impersonate", "patch"], { minLength: 1, maxLength: 2 }),
  resourceNames: mostly<unknown>(undefined, from<unknown>([], ["one"])),
});
const rbacRule = fc.oneof(wildcardRule, dangerousRule);
const role = fields({ rules: fc.oneof(from<unknown>(null, []), fc.array(rbacRule, { maxLength: 2 })) });
const clusterRole = fields({
  rules: fc.oneof(
    from<unknown>(null, []),
    fc.array(fc.oneof(rbacRule, fc.constant({ nonResourceURLs: ["*"], verbs: ["get"] })), { maxLength: 2 }),
  ),
});

const SUBJECTS = [
  "system:masters",
  "system:authenticated",
  "system:unauthenticated",
  "system:anonymous",
  "jane",
  "system:nodes",
];
const subject = fc.oneof(
  fc
    .tuple(from("User", "Group"), texts(SUBJECTS))
    .map(([kind, name]) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name })),
  from("default", "app").map((name) => ({ kind: "ServiceAccount", name, namespace: "default" })),
);
const roleBinding = fields({
  roleRef: texts(["view", "view", "cluster-admin", "admin"]).map((name) => ({ name })),
  subjects: maybe(fc.array(subject, { maxLength: 2 })),
});

const peerSelector = from<unknown>(
  undefined,
  {},
  { matchLabels: {} },
  { matchLabels: { a: "b" } },
  {
    matchExpressions: [{ key: "a", operator: "Exists" }],
  },
);
const peer = fc.oneof(
  fields({ podSelector: peerSelector, namespaceSelector: peerSelector }),
  fields({
    ipBlock: fields({
      cidr: texts([
        "0.0.0.0/0",
        "0.0.0.0/0",
        "10.0.0.0/8",
        "0.0.0.0/1",
        "169.254.0.0/16",
        "169.254.169.254/32",
        "128.0.0.0/2",
      ]),
      except: from<unknown>(undefined, [], ["10.1.0.0/16"], ["169.254.169.254/32"], ["169.254.0.0/17"]),
    }),
  }),
  from(
    ...["::/0", "fd00::/8", "fd00:ec2::/32", "fd00:ec2::254/128", "2001:db8::/32"].map((cidr) => ({
      ipBlock: { cidr },
    })),
    ...["fd00::/8", "fd00:ec2::254/128", "2001:db8::/32"].map((range) => ({
      ipBlock: { cidr: "::/0", except: [range] },
    })),
  ),
);
const side = (key: string) =>
  maybe(
    fc.array(
      fields({
        [key]: fc.oneof(from<unknown>(undefined, []), fc.array(peer, { minLength: 1, maxLength: 2 })),
        ports: mostly<unknown>([{ port: 8080 }], from<unknown>(undefined, [])),
      }),
      { maxLength: 2 },
    ),
  );
const networkPolicy = fields({
  spec: fields({ podSelector: fc.constant({}), ingress: side("from"), egress: side("to") }),
});

/** Egress to one range, as sound as can be but for what lies in it, or for its ports. */
const ranged = fc
  .tuple(
    from<Fields>(
      ...["10.1.0.0/16", "10.1.0.0/16", "169.254.169.254/32", "128.0.0.0/8", "169.0.0.0/8"].map((cidr) => ({ cidr })),
      ...["fd00::/8", "fd00:ec2::254/128", "2001:db8::/32", "169.254.0.0/16"].map((cidr) => ({ cidr })),
      ...["169.254.169.254/32", "169.254.0.0/17"].map((range) => ({ cidr: "169.254.0.0/16", except: [range] })),
    ),
    from<unknown>([{ port: 443 }], [{ port: 443 }], []),
  )
  .map(([ipBlock, ports]) => ({ spec: { podSelector: {}, egress: [{ to: [{ ipBlock }], ports }] } }));

const AWS = "service.beta.kubernetes.io/aws-load-balancer-";
const TLS_POLICIES = [
  "ELBSecurityPolicy-TLS13-1-2-2021-06",
  "ELBSecurityPolicy-TLS13-1-3-2021-06",
  "ELBSecurityPolicy-TLS-1-2-2017-01",
  "ELBSecurityPolicy-TLS-1-1-2017-01",
  "ELBSecurityPolicy-2016-08",
  "",
];
const annotations = (prefix: string, model: Readonly<Record<string, readonly string[]>>): Arbitrary<Fields> =>
  fields(Object.fromEntries(Object.entries(model).map(([key, values]) => [`${prefix}${key}`, maybe(texts(values))])));

const servicePort = fields({
  port: from(443, 80, 8443),
  name: from("https", "http", "x"),
  appProtocol: from<unknown>(undefined, "https", "http"),
});
/** As sound as can be but for who may reach it. */
const balanced = fields({
  metadata: fields({ annotations: annotations(AWS, { scheme: ["internal", "internet-facing"] }) }),
  spec: fields({
    type: fc.constant("LoadBalancer"),
    loadBalancerSourceRanges: from<unknown>(undefined, [], ["10.0.0.0/8"]),
    ports: fc.constant([{ port: 443, name: "https" }]),
  }),
});

const service = fields({
  metadata: fields({
    annotations: fc
      .tuple(
        annotations(AWS, {
          "ssl-cert": ["arn", ""],
          "ssl-ports": ["*", "443", "https, http", "80 ,x", "", "443,"],
          "ssl-negotiation-policy": TLS_POLICIES,
          scheme: ["internal", "internal", "internet-facing"],
          internal: ["true", "false", "0.0.0.0/0"],
        }),
        annotations("", {
          "konghq.com/tls-verify": ["true", "false"],
          "service.beta.kubernetes.io/azure-load-balancer-internal": ["true", "false", ""],
        }),
      )
      .map(([aws, others]) => ({ ...aws, ...others })),
  }),
  spec: fields({
    type: from<unknown>(undefined, "ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer", "LoadBalancer"),
    externalIPs: mostly<unknown>(undefined, from<unknown>([], ["203.0.113.1"])),
    loadBalancerSourceRanges: from<unknown>(undefined, [], ["10.0.0.0/8"]),
    ports: fc.uniqueArray(servicePort, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  }),
});

const ALB = "alb.ingress.kubernetes.io/";
const HOSTS = ["api.shop.example", "shop.example", "*.shop.example", "example", "a.b.shop.example"];
const ingress = fields({
  metadata: fields({
    annotations: fc
      .tuple(
        mostly<Fields>(
          {
            [`${ALB}listen-ports`]: '[{"HTTPS":443}]',
            [`${ALB}ssl-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
          },
          annotations(ALB, {
            "listen-ports": ['[{"HTTPS":443}]', '[{"HTTP": 80}, {"HTTPS" : 443}]', '[{"HTTP":80}]', "", '["HTTPS"]'],
            "certificate-arn": ["arn", ""],
            "ssl-policy": TLS_POLICIES,
            "ssl-redirect": ["443", ""],
          }),
        ),
        annotations("", {
          "konghq.com/protocols": ["https", "https", "http", "http,https"],
          "nginx.ingress.kubernetes.io/ssl-redirect": ["true", "false", ""],
        }),
        mostly<Fields>(
          {},
          from("nginx.ingress.kubernetes.io/server-snippet", "nginx.org/location-snippets", "nginx.org/snippets").map(
            (name) => ({ [name]: "x" }),
          ),
        ),
      )
      .map(([alb, others, snippets]) => ({ ...alb, ...others, ...snippets })),
  }),
  spec: fields({
    ingressClassName: mostly<unknown>("alb", maybe(texts(["kong", "nginx", "homegrown", "constructor"]))),
    tls: maybe(fc.array(fields({ hosts: maybe(fc.subarray(HOSTS)), secretName: fc.constant("s") }), { maxLength: 2 })),
    defaultBackend: from<unknown>(undefined, undefined, { service: { name: "s", port: { number: 80 } } }),
    rules: fc.array(fields({ host: mostly<unknown>(HOSTS[0], maybe(texts(HOSTS))) }), { minLength: 1, maxLength: 2 }),
  }),
});

const listener = fields({
  protocol: mostly("HTTP", fc.constant("HTTPS")),
  hostname: from<unknown>(undefined, "api.example.com", "*.example.com"),
  allowedRoutes: from<unknown>(
    undefined,
    {},
    { namespaces: {} },
    ...["All", "Same"].map((where) => ({ namespaces: { from: where } })),
    { namespaces: { from: "Selector", selector } },
  ),
});
const gateway = fc.array(listener, { minLength: 1, maxLength: 2 }).map((listeners) => ({
  spec: {
    gatewayClassName: "alb",
    listeners: listeners.map((each, index) => ({ ...each, name: `l${index}`, port: 80 + index })),
  },
}));

const route = fields({
  metadata: fields({
    annotations: annotations("konghq.com/", {
      protocols: ["https", "http", "https, http", "grpcs,grpc", "HTTP", "https,"],
    }),
  }),
  spec: fc.constant({ parentRefs: [{ name: "shop" }] }),
});

const kongIngress = fields({
  metadata: fields({ annotations: annotations("konghq.com/", { protocols: ["https", "tcp"] }) }),
});

const REFUSAL = "hostnossl all all all reject";
const database = fields({
  spec: fields({
    resources: fc.constant(RESOURCES), // the pack reads the pods of an operator too, a policy of pods does not
    enableSuperuserAccess: mostly<unknown>(undefined, from(true, false)),
    postgresql: mostly<unknown>(
      { pg_hba: [REFUSAL] },
      fields({
        pg_hba: from<unknown>(
          undefined,
          [],
          [` ${REFUSAL}`],
          ["host all all all md5"],
          ["host all all all md5", REFUSAL],
        ),
        parameters: from<unknown>(
          undefined,
          ...["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"].map((least) => ({ ssl_min_protocol_version: least })),
        ),
      }),
    ),
  }),
});

const OTHERS: readonly Arbitrary<Made>[] = [
  of("v1 ConfigMap", configMap),
  of("v1 Namespace", namespace),
  of(`${RBAC} Role`, role),
  of(`${RBAC} ClusterRole`, clusterRole),
  fc.oneof(of(`${RBAC} RoleBinding`, roleBinding), of(`${RBAC} ClusterRoleBinding`, roleBinding)),
  fc.oneof(of("networking.k8s.io/v1 NetworkPolicy", networkPolicy), of("networking.k8s.io/v1 NetworkPolicy", ranged)),
  fc.oneof(of("v1 Service", service), of("v1 Service", balanced)),
  ...[1, 2].map(() => of("networking.k8s.io/v1 Ingress", ingress)),
  of("gateway.networking.k8s.io/v1 Gateway", gateway),
  of("postgresql.cnpg.io/v1 Cluster", database),
  fc.oneof(
    ...["HTTPRoute", "GRPCRoute"].map((kind) => of(`gateway.networking.k8s.io/v1 ${kind}`, route)),
    of("configuration.konghq.com/v1 KongIngress", kongIngress),
  ),
];

const anything = fc.oneof({ weight: 6, arbitrary: workload }, ...OTHERS.map((arbitrary) => ({ weight: 1, arbitrary })));

/** Random objects of every kind; the same for the same seed. */
export const randomObjects = ({ seed, count }: Wanted): readonly Sent[] =>
  fc.sample(anything, { seed, numRuns: count }).map(({ kind, object }) => {
    const [apiVersion = "", name = ""] = kind.split(" ");
    return sent(kind, { apiVersion, kind: name, metadata: {}, ...object });
  });
