import assert from "node:assert/strict";
import { broken, verdictOf } from "./support/trial";
import { CONTAINER, denyAll, manifest, type Fields, type Sample, UNKNOWN_TEXT } from "./support/samples";

const RESOURCES = CONTAINER.resources;
const of = (apiVersion: string, kind: string, spec: Fields, labels: Fields = {}): Sample =>
  manifest(apiVersion, kind, { metadata: { name: "orders", namespace: "data", labels }, spec });

const postgres = (spec: Fields): Sample =>
  of("postgresql.cnpg.io/v1", "Cluster", {
    resources: RESOURCES,
    postgresql: { pg_hba: ["hostnossl all all all reject"] },
    ...spec,
  });
const rabbit = (spec: Fields): Sample => of("rabbitmq.com/v1beta1", "RabbitmqCluster", spec);
const kafka = (spec: Fields): Sample => of("kafka.strimzi.io/v1beta2", "Kafka", spec);
const pool = (spec: Fields): Sample =>
  of("kafka.strimzi.io/v1beta2", "KafkaNodePool", spec, { "strimzi.io/cluster": "events" });
const prometheus = (spec: Fields): Sample =>
  of("monitoring.coreos.com/v1", "Prometheus", { resources: RESOURCES, securityContext: POD, ...spec });
const POD = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

const names = (labels: Fields): Sample =>
  manifest("networking.k8s.io/v1", "NetworkPolicy", {
    metadata: { name: "store", namespace: "data" },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ["Ingress", "Egress"],
      egress: [{ to: [{ podSelector: {} }], ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })) }],
    },
  });

/** Judged in a namespace whose policies are in order, so that only the resource itself can be at fault. */
const rulesOf = (sample: Sample): readonly string[] => broken(verdictOf([sample, denyAll("data"), names({})]));
const leftTo = (sample: Sample): readonly string[] =>
  verdictOf([sample, denyAll("data"), names({})]).unchecked.map(({ message }) => message);

describe("custom resources that make pods", () => {
  const covered: readonly (readonly [string, Sample, Fields])[] = [
    ["a CloudNativePG Cluster", postgres({}), { "cnpg.io/cluster": "orders" }],
    ["its Pooler", of("postgresql.cnpg.io/v1", "Pooler", {}), { "cnpg.io/poolerName": "orders" }],
    ["a RabbitmqCluster", rabbit({}), { "app.kubernetes.io/name": "orders" }],
    ["a Kafka cluster", kafka({ kafka: {} }), { "strimzi.io/name": "orders-kafka" }],
    ["a KafkaNodePool", pool({}), { "strimzi.io/pool-name": "orders" }],
    ["a KafkaConnect", of("kafka.strimzi.io/v1beta2", "KafkaConnect", {}), { "strimzi.io/name": "orders-connect" }],
    ["a Prometheus", prometheus({}), { prometheus: "orders" }],
    ["an Alertmanager", of("monitoring.coreos.com/v1", "Alertmanager", {}), { alertmanager: "orders" }],
  ];
  for (const [name, sample, labels] of covered) {
    it(`are asked for network policies by the labels that their operator gives: ${name}`, () => {
      const isolating = (samples: readonly Sample[]) =>
        broken(verdictOf(samples)).filter((rule) => rule.endsWith("-covered"));
      assert.deepEqual(isolating([sample]), ["network-egress-covered", "network-ingress-covered"]);
      assert.deepEqual(isolating([sample, names(labels)]), []);
      assert.deepEqual(isolating([sample, names({ app: "somebody-else" })]), [
        "network-egress-covered",
        "network-ingress-covered",
      ]);
    });
  }

  it("are judged by what they state, at its own path", () => {
    const verdict = verdictOf([postgres({ imageName: "evil.example/postgres" }), denyAll("data"), names({})]);
    assert.deepEqual(
      verdict.violations.map(({ rule, path }) => [rule, path]),
      [
        ["image-registry", "spec.imageName"],
        ["image-digest", "spec.imageName"],
        ["image-pinned", "spec.imageName"],
      ],
    );
    assert.deepEqual(rulesOf(postgres({ seccompProfile: { type: "Unconfined" } })), [
      "pod-seccomp-baseline",
      "pod-seccomp-restricted",
    ]);
    assert.deepEqual(rulesOf(postgres({ env: [{ name: "API_KEY", value: "hunter2" }] })), [
      "secrets-no-literal-in-env",
    ]);
  });

  it("are held to what only they can decide, also where they say nothing", () => {
    assert.deepEqual(rulesOf(postgres({ resources: undefined })), ["pod-resources"]);
    assert.deepEqual(rulesOf(prometheus({ securityContext: undefined })), [
      "pod-run-as-non-root",
      "pod-seccomp-restricted",
    ]);
  });

  it("leave the rest to their operator, and say so rule by rule", () => {
    const said = leftTo(postgres({}));
    assert.ok(said.includes("is left to CloudNativePG, whose pods are not seen here"));
    assert.ok(said.includes("what CloudNativePG adds to the pods that it makes is not seen here"));
    assert.equal(verdictOf([postgres({}), denyAll("data"), names({})]).verdict, "passed");
  });

  it("cannot hide a host behind an override or a template", () => {
    const override = (spec: Fields) => rabbit({ override: { statefulSet: { spec: { template: { spec } } } } });
    assert.deepEqual(rulesOf(override({ hostPID: true })), ["pod-host-namespaces"]);
    assert.deepEqual(rulesOf(override({ volumes: [{ name: "v", hostPath: { path: "/" } }] })), [
      "pod-host-path",
      "pod-volume-types",
    ]);
    const pod = (spec: Fields) => ({ template: { pod: spec } });
    assert.deepEqual(
      rulesOf(kafka({ kafka: { resources: RESOURCES, ...pod({ securityContext: { runAsUser: 0 } }) } })),
      ["pod-run-as-user-zero"],
    );
    const entityOperator = pod({ securityContext: { runAsUser: 0 } });
    assert.deepEqual(rulesOf(kafka({ kafka: { resources: RESOURCES }, entityOperator })), ["pod-run-as-user-zero"]);
    assert.deepEqual(rulesOf(prometheus({ hostNetwork: true })), ["pod-host-namespaces"]);
    const privileged = {
      name: "x",
      image: CONTAINER.image,
      resources: RESOURCES,
      securityContext: { privileged: true },
    };
    assert.deepEqual(rulesOf(prometheus({ containers: [privileged] })), ["pod-privileged"]);
  });

  it("that are not known yet leave their own checks undecided", () => {
    const verdict = verdictOf([postgres({ imageName: UNKNOWN_TEXT }), denyAll("data"), names({})]);
    assert.deepEqual([verdict.verdict, verdict.undecided[0]?.path], ["undecided", "spec.imageName"]);
  });
});
