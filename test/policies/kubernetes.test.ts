import assert from "node:assert/strict";
import { judge } from "../../policies/judge";
import { isolates } from "../../policies/kubernetes/network-policies";
import { selects } from "../../policies/kubernetes/selectors";
import { fromManifest } from "../../policies/object";
import { Field, plain } from "../../policies/value";
import {
  CONTAINER,
  container,
  denyAll,
  LABELS,
  manifest,
  pod,
  POD_CONTEXT,
  spec,
  type Fields,
  type Sample,
} from "./support/samples";
import { broken, tried, verdictOf } from "./support/trial";

const field = (value: unknown): Field => new Field(plain(value));

const template = { metadata: { labels: LABELS }, spec: spec({ securityContext: {} }) };

const WORKLOADS: Readonly<Record<string, Fields>> = {
  "v1 Pod": template,
  "v1 ReplicationController": { spec: { template } },
  "v1 PodTemplate": { template },
  "apps/v1 Deployment": { spec: { template } },
  "apps/v1 StatefulSet": { spec: { template } },
  "apps/v1 DaemonSet": { spec: { template } },
  "apps/v1 ReplicaSet": { spec: { template } },
  "batch/v1 Job": { spec: { template } },
  "batch/v1 CronJob": { spec: { jobTemplate: { spec: { template } } } },
  "argoproj.io/v1alpha1 Rollout": { spec: { template } },
};

describe("pods", () => {
  for (const [kind, fields] of Object.entries(WORKLOADS)) {
    it(`are found in ${kind}`, () => {
      const [apiVersion = "", name = ""] = kind.split(" ");
      const [verdict] = judge([{ apiVersion, kind: name, ...fields, metadata: { name: "w", labels: LABELS } }]).objects;
      assert.ok(verdict && broken(verdict).includes("pod-run-as-non-root"));
    });
  }

  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    it(`may run as root in none of their ${list}`, () => {
      const verdict = verdictOf([pod("x", spec({ [list]: [container({}, { runAsNonRoot: false })] })), denyAll("x")]);
      assert.deepEqual(
        verdict.violations.map(({ path }) => path),
        [`spec.${list}[0].securityContext.runAsNonRoot`],
      );
    });
  }

  it("may leave root out per container instead of per pod", () => {
    const verdict = verdictOf([
      pod(
        "x",
        spec({
          securityContext: { ...POD_CONTEXT, runAsNonRoot: undefined },
          containers: [container({}, { runAsNonRoot: true })],
        }),
      ),
      denyAll("x"),
    ]);
    assert.equal(verdict.verdict, "passed");
  });

  it("may not allow root for the pod even if every container rules it out", () => {
    const verdict = verdictOf([
      pod(
        "x",
        spec({
          securityContext: { ...POD_CONTEXT, runAsNonRoot: false },
          containers: [container({}, { runAsNonRoot: true })],
        }),
      ),
      denyAll("x"),
    ]);
    assert.deepEqual(broken(verdict), ["pod-run-as-non-root"]);
  });

  it("in a user namespace of their own may name any user, as Pod Security lets them", () => {
    const securityContext = { ...POD_CONTEXT, runAsNonRoot: false, runAsUser: 0 };
    assert.equal(verdictOf([pod("x", spec({ hostUsers: false, securityContext })), denyAll("x")]).verdict, "passed");
  });

  it("on Windows need no Linux settings, but may not run as root", () => {
    const windows = {
      os: { name: "windows" },
      securityContext: {},
      containers: [{ ...CONTAINER, securityContext: { readOnlyRootFilesystem: true } }],
    };
    assert.deepEqual(broken(verdictOf([pod("x", spec(windows)), denyAll("x")])), ["pod-run-as-non-root"]);
  });

  it("of a Rollout that refers to a Deployment are judged there", () => {
    const rollout = manifest("argoproj.io/v1alpha1", "Rollout", {
      metadata: { name: "r", namespace: "x" },
      spec: { replicas: 2, workloadRef: { kind: "Deployment", name: "d" } },
    });
    const verdict = verdictOf([rollout]);
    assert.equal(verdict.verdict, "passed");
    assert.ok(verdict.unchecked.every(({ message }) => message === "takes its pods from the workload it names"));
  });
});

describe("selectors", () => {
  const labels = field({ app: "order", tier: "backend" });
  const one = (key: string, operator: string, ...values: readonly string[]): Field =>
    field({ matchExpressions: [{ key, operator, values }] });

  const answers: readonly (readonly [string, Field, boolean])[] = [
    ["nothing selects everything", field({}), true],
    ["an absent selector selects everything", field(undefined), true],
    ["equal labels", field({ matchLabels: { app: "order" } }), true],
    ["one of two labels wrong", field({ matchLabels: { app: "order", tier: "web" } }), false],
    ["a label that is absent", field({ matchLabels: { zone: "a" } }), false],
    ["In", one("app", "In", "user", "order"), true],
    ["In without the value", one("app", "In", "user"), false],
    ["In of an absent label", one("zone", "In", "a"), false],
    ["NotIn", one("app", "NotIn", "user"), true],
    ["NotIn with the value", one("app", "NotIn", "order"), false],
    ["NotIn of an absent label", one("zone", "NotIn", "a"), true],
    ["Exists", one("tier", "Exists"), true],
    ["Exists of an absent label", one("zone", "Exists"), false],
    ["DoesNotExist", one("zone", "DoesNotExist"), true],
    ["DoesNotExist of a present label", one("app", "DoesNotExist"), false],
    [
      "labels and expressions together",
      field({ matchLabels: { app: "order" }, matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }),
      false,
    ],
  ];
  for (const [name, selector, expected] of answers) {
    it(`answer as the API server does: ${name}`, () => assert.equal(selects(selector, labels), expected));
  }

  it("cannot answer for a label that is not known", () => {
    assert.equal(selects(field({ matchLabels: { app: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } }), labels), undefined);
    assert.equal(
      selects(field({ matchLabels: { zone: "a", app: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } }), labels),
      false,
    );
  });
});

describe("network policies", () => {
  const directions = (fields: Fields): readonly boolean[] => {
    const [policy] = fromManifest({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "p" },
      spec: fields,
    });
    assert.ok(policy);
    return [isolates(policy, "Ingress"), isolates(policy, "Egress")];
  };

  it("without policyTypes isolate ingress, and egress when they have egress rules", () => {
    assert.deepEqual(directions({}), [true, false]);
    assert.deepEqual(directions({ egress: [{}] }), [true, true]);
    assert.deepEqual(directions({ policyTypes: ["Egress"], ingress: [{}] }), [false, true]);
  });

  it("of another namespace cover nobody", () => {
    assert.deepEqual(broken(verdictOf([pod("x", spec()), denyAll("y")])), [
      "network-egress-covered",
      "network-ingress-covered",
    ]);
  });

  it("of another cluster cover nobody", () => {
    const verdict = verdictOf([pod("x", spec()), { ...denyAll("x"), provider: "recovery" }]);
    assert.deepEqual(broken(verdict), ["network-egress-covered", "network-ingress-covered"]);
  });

  it("together may cover what neither covers alone", () => {
    const parts = [
      denyAll("x", { policyTypes: ["Ingress"] }),
      { ...denyAll("x", { policyTypes: ["Egress"] }), name: "second" },
    ];
    assert.equal(verdictOf([pod("x", spec()), ...parts]).verdict, "passed");
  });

  it("are not asked of pods on the host network, which say so", () => {
    const verdict = verdictOf([pod("x", spec({ hostNetwork: true }))]);
    assert.deepEqual(broken(verdict), ["pod-host-namespaces"]);
    assert.deepEqual(
      verdict.unchecked.map(({ rule }) => rule),
      ["network-ingress-covered", "network-egress-covered"],
    );
  });

  for (const [name, peer, open] of [
    ["every namespace", { namespaceSelector: {} }, true],
    ["every address", { ipBlock: { cidr: "0.0.0.0/0" } }, true],
    ["half of all addresses", { ipBlock: { cidr: "128.0.0.0/1" } }, true],
    ["every address but the private ones", { ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }, false],
    ["some pods of every namespace", { namespaceSelector: {}, podSelector: { matchLabels: LABELS } }, false],
    ["the pods of its own namespace", { podSelector: {} }, false],
  ] as const) {
    it(`that name ${name} are ${open ? "open" : "not open"}`, () => {
      const found = broken(verdictOf([denyAll("x", { egress: [{ to: [peer] }] })]));
      assert.equal(found.includes("network-no-allow-all"), open);
    });
  }
});

const HTTPS = { name: "https", protocol: "HTTPS", port: 443, hostname: "api.shop.example" };
const HTTP = { name: "http", protocol: "HTTP", port: 80 };
const REDIRECT = { rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https" } }] }] };
const SERVE = { rules: [{ backendRefs: [{ name: "order", port: 8080 }] }] };

const gateway = (gatewayClassName: string, ...listeners: readonly Fields[]): Sample =>
  manifest("gateway.networking.k8s.io/v1", "Gateway", {
    metadata: { name: "shop", namespace: "edge" },
    spec: { gatewayClassName, listeners, infrastructure: { parametersRef: { name: "lb" } } },
  });

const settings = (fields: Fields): Sample =>
  manifest("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", {
    metadata: { name: "lb", namespace: "edge" },
    spec: { listenerConfigurations: [{ protocolPort: "HTTPS:443", ...fields }] },
  });

const route = (name: string, parent: Fields, fields: Fields, namespace = "edge"): Sample =>
  manifest("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name, namespace },
    spec: { parentRefs: [{ name: "shop", ...parent }], ...fields },
  });

describe("listeners of a Gateway", () => {
  const messages = (...samples: readonly Sample[]): readonly string[] =>
    verdictOf(samples)
      .violations.filter(({ rule }) => rule === "tls-gateway-listener")
      .map(({ message }) => message);

  it("on ALB take certificates by host name and versions by policy", () => {
    assert.deepEqual(
      messages(gateway("alb", HTTPS), settings({ sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" })),
      [],
    );
    assert.deepEqual(messages(gateway("alb", HTTPS)), [
      "no sslPolicy for this listener: the default of 2016 accepts TLS 1.0",
    ]);
    assert.deepEqual(messages(gateway("alb", HTTPS), settings({ sslPolicy: "ELBSecurityPolicy-TLS13-1-1-2021-06" })), [
      "its sslPolicy accepts less than TLS 1.2",
    ]);
  });

  it("on ALB may not name certificateRefs, which would be ignored", () => {
    const listener = { ...HTTPS, tls: { certificateRefs: [{ name: "cert" }] } };
    assert.deepEqual(messages(gateway("alb", listener), settings({ sslPolicy: "ELBSecurityPolicy-TLS-1-2-2017-01" })), [
      "the AWS Load Balancer Controller does not support certificateRefs",
    ]);
  });

  it("on ALB need a host name or a named certificate", () => {
    const listener = { ...HTTPS, hostname: undefined };
    const modern = { sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" };
    assert.deepEqual(messages(gateway("alb", listener), settings(modern)), [
      "no host name by which a certificate could be found",
    ]);
    assert.deepEqual(
      messages(gateway("alb", listener), settings({ ...modern, defaultCertificate: "arn:aws:acm:x" })),
      [],
    );
    assert.deepEqual(
      messages(gateway("alb", listener), settings(modern), route("r", {}, { hostnames: ["a.example"], ...SERVE })),
      [],
    );
  });

  it("find the class by its controller, whatever its name", () => {
    const klass = manifest("gateway.networking.k8s.io/v1", "GatewayClass", {
      metadata: { name: "edge" },
      spec: { controllerName: "konghq.com/kic-gateway-controller" },
    });
    const listener = { ...HTTPS, tls: { certificateRefs: [{ name: "cert" }] } };
    assert.deepEqual(messages(gateway("edge", listener), klass), []);
    assert.deepEqual(messages(gateway("edge", HTTPS), klass), ["no certificate"]);
    assert.deepEqual(messages(gateway("edge", listener)), ["nothing is known of the TLS versions this class accepts"]);
  });

  it("that are plain may only redirect", () => {
    assert.deepEqual(messages(gateway("alb", HTTP), route("r", {}, REDIRECT)), []);
    assert.deepEqual(messages(gateway("alb", HTTP)), ["no route redirects this plain listener to https"]);
    assert.deepEqual(messages(gateway("alb", HTTP), route("r", {}, REDIRECT), route("s", {}, SERVE)), [
      "HTTPRoute s serves more than a redirect over plain HTTP",
    ]);
  });

  it("carry only the routes that name them, their port or no listener at all", () => {
    const other = route("s", { sectionName: "https" }, SERVE);
    assert.deepEqual(messages(gateway("alb", HTTP), route("r", { sectionName: "http" }, REDIRECT), other), []);
    assert.equal(messages(gateway("alb", HTTP), route("r", {}, REDIRECT), route("s", { port: 80 }, SERVE)).length, 1);
    assert.equal(
      messages(gateway("alb", HTTP), route("r", {}, REDIRECT), route("s", { name: "other" }, SERVE)).length,
      0,
    );
    const elsewhere = route("s", {}, SERVE, "order");
    assert.deepEqual(messages(gateway("alb", HTTP), route("r", {}, REDIRECT), elsewhere), []);
    assert.equal(
      messages(gateway("alb", HTTP), route("r", {}, REDIRECT), route("s", { namespace: "edge" }, SERVE, "order"))
        .length,
      1,
    );
  });

  it("may not speak plain TCP", () => {
    assert.deepEqual(messages(gateway("kong", { name: "db", protocol: "TCP", port: 5432 })), [
      "this protocol is not encrypted by the gateway",
    ]);
  });

  it("may pass TLS through, and say that it ends elsewhere", () => {
    const verdict = verdictOf([
      gateway("kong", { name: "t", protocol: "TLS", port: 443, hostname: "db.example", tls: { mode: "Passthrough" } }),
    ]);
    assert.deepEqual(
      [verdict.verdict, verdict.unchecked.map(({ message }) => message)],
      ["passed", ["TLS passes through: the pods behind end it"]],
    );
  });
});

describe("an Ingress", () => {
  const ALB = "alb.ingress.kubernetes.io/";
  const judged = (ingressClassName: string, annotations: Fields, fields: Fields = {}): readonly string[] =>
    verdictOf([
      manifest("networking.k8s.io/v1", "Ingress", {
        metadata: { name: "i", namespace: "x", annotations },
        spec: { ingressClassName, ...fields },
      }),
    ])
      .violations.filter(({ rule }) => rule === "tls-ingress")
      .map(({ message }) => message);
  const MODERN = { [`${ALB}ssl-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06" };

  it("of ALB is judged by its annotations", () => {
    const both = { [`${ALB}listen-ports`]: '[{"HTTP": 80}, {"HTTPS": 443}]' };
    assert.deepEqual(judged("alb", {}), ["no HTTPS port"]);
    assert.deepEqual(judged("alb", { ...both, ...MODERN }), ["the plain port does not redirect"]);
    assert.deepEqual(judged("alb", { ...both, ...MODERN, [`${ALB}ssl-redirect`]: "443" }), []);
    assert.deepEqual(judged("alb", { [`${ALB}certificate-arn`]: "arn" }), [
      "no policy that begins at TLS 1.2: the default of 2016 accepts TLS 1.0",
    ]);
  });

  it("of Kong needs a certificate per host and https alone", () => {
    const fields = { tls: [{ hosts: ["a.example"] }], rules: [{ host: "a.example" }, { host: "b.example" }] };
    assert.deepEqual(judged("kong", {}, fields), ["this host is in no entry of spec.tls", "plain HTTP is served too"]);
  });

  it("of a class that nothing is known of is a violation", () => {
    assert.deepEqual(judged("homegrown", {}, { tls: [{}] }), [
      "nothing is known of the TLS versions this class accepts",
    ]);
  });
});

describe("the whole stack", () => {
  it("joins a bucket and its companions by name in plain data", () => {
    const { objects } = tried([
      { type: "aws:s3/bucket:Bucket", name: "b", props: { bucket: "backups" }, protect: true },
      {
        type: "aws:s3/bucketVersioning:BucketVersioning",
        name: "v",
        props: { bucket: "backups", versioningConfiguration: { status: "Enabled" } },
      },
    ]);
    assert.ok(!objects[0]?.violations.some(({ rule }) => rule === "cloud-s3-versioned"));
  });
});
