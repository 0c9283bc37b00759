import assert from "node:assert/strict";
import { exemptNamespaces, SYSTEM_NAMESPACES, type Place } from "../../policies/admission/exemptions";
import { admissionObjects, ADMITTING_RULES, type AdmissionObject } from "../../policies/admission/objects";
import { ENFORCEMENT, enforcement } from "../../policies/enforcement";
import { RULES } from "../../policies/rules/all";
import type { Waiver } from "../../policies/waiver";
import { at, type Compiled, DEV, ofKind, PAYMENTS_PROD, PROD } from "../objects/stacks";

const waiver = (rule: string, object: string, stacks?: readonly string[]): Waiver => ({
  rule,
  object,
  reason: "a test",
  owner: "test",
  expires: "2020-01-01",
  ...(stacks === undefined ? {} : { stacks }),
});

const place = (over: Partial<Place> = {}): Place => ({
  stage: "prod",
  stack: "prod",
  unjudged: ["argocd"],
  waivers: { waivers: [], problems: [] },
  ...over,
});

const waived = (...waivers: readonly Waiver[]): Place => place({ waivers: { waivers, problems: [] } });

const ruleOf = (id: string) => ADMITTING_RULES.find((rule) => rule.id === id) ?? assert.fail(id);

const bindingsIn = (made: readonly AdmissionObject[]) =>
  made.filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding");

const actions = (stage: string, id: string, suffix = ""): unknown =>
  bindingsIn(admissionObjects(place({ stage }))).find(({ metadata }) => metadata.name === `keelson-${id}${suffix}`)
    ?.spec["validationActions"];

const CLOUD = "of the cloud: no object of Kubernetes";
const ENTROPY = "CEL counts no entropy";

/** Rules over one object that the pack alone judges, and why. */
const PACK_ONLY: Readonly<Record<string, string>> = {
  "image-digest": "operators and Velero add containers of their own images, by tag: a restore would be refused",
  "pod-no-opaque-release": "a Release is no object of Kubernetes",
  "secrets-no-literal-in-kong-plugin": `any depth of a plugin's settings; ${ENTROPY}`,
  "secrets-no-random-in-config-map": ENTROPY,
  "secrets-no-random-in-env": ENTROPY,
  "network-aks-enforced": CLOUD,
  "rbac-delivery-bounded": "Argo CD makes a project of its own when it starts, and that one is unbounded",
  "rbac-eks-cluster-admin": CLOUD,
  "resilience-cluster-deletion-protected": CLOUD,
  "resilience-protect-stateful": CLOUD,
  "tls-azure-redis": CLOUD,
  "tls-azure-redis-version": CLOUD,
  "tls-azure-storage": CLOUD,
  "tls-elasticache": CLOUD,
  "tls-target-group": CLOUD,
};

describe("policies of admission", () => {
  it("are made of every rule that says how, one each, under the rule's name; Pod Security's rules need none", () => {
    const made = admissionObjects(place()).filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
    assert.deepEqual(
      made.map(({ metadata }) => metadata.name),
      ADMITTING_RULES.map(({ id }) => `keelson-${id}`),
    );
    assert.ok(made.length >= 28);
    assert.deepEqual(
      ADMITTING_RULES.filter(({ standards }) => standards.some((standard) => standard.startsWith("pss-"))),
      [],
    );
  });

  it("exist for every rule over one object of Kubernetes that is not Pod Security's, but for the listed", () => {
    const silent = RULES.filter(
      ({ admission, scope, standards, category }) =>
        admission === undefined &&
        scope === "object" &&
        category !== "cloud" &&
        !standards.some((standard) => standard.startsWith("pss-")),
    );
    assert.deepEqual(silent.map(({ id }) => id).toSorted(), Object.keys(PACK_ONLY).toSorted());
  });

  it("refuse what is mandatory at a stage and tell of the rest", () => {
    for (const stage of ["dev", "prod", "recovery"])
      for (const { id, severity } of ADMITTING_RULES) {
        const mandatory = enforcement({ severity }, stage === "dev" ? "dev" : "prod") === "mandatory";
        assert.deepEqual(actions(stage, id), mandatory ? ["Deny"] : ["Warn", "Audit"], `${stage} ${id}`);
      }
    assert.equal(ENFORCEMENT.dev.medium, "advisory");
    assert.deepEqual(actions("dev", "pod-read-only-root"), ["Warn", "Audit"]);
    assert.deepEqual(actions("prod", "pod-read-only-root"), ["Deny"]);
  });

  it("only tell of what has no namespace, which no exemption could reach", () => {
    assert.deepEqual(actions("prod", "rbac-no-wildcards"), ["Deny"]);
    assert.deepEqual(actions("prod", "rbac-no-wildcards", "-cluster"), ["Warn", "Audit"]);
    const wide = bindingsIn(admissionObjects(place())).filter(({ metadata }) => metadata.name.endsWith("-cluster"));
    assert.equal(wide.length, 4);
    assert.deepEqual(
      wide.map(({ spec }) => at(spec, "matchResources", "resourceRules", 0, "scope")),
      wide.map(() => "Cluster"),
    );
    assert.deepEqual(actions("prod", "pod-namespace-enforces-level"), ["Deny"], "but of namespaces themselves");
  });

  it("say the rule, what is wrong and how to mend it, in one line", () => {
    for (const { spec, metadata } of admissionObjects(place()))
      for (const validation of (spec["validations"] ?? []) as readonly unknown[]) {
        const message = String(at(validation, "message"));
        assert.match(
          message,
          new RegExp(`^${metadata.name.replace(/^keelson-/, "")}: [^\n]+\\. To mend it, [^\n]+\\.$`),
        );
      }
  });

  it("leave alone Kubernetes' own namespaces, those of charts, and those of waived objects", () => {
    const rule = ruleOf("image-pinned");
    assert.deepEqual(exemptNamespaces(rule, place()), ["argocd", ...SYSTEM_NAMESPACES]);
    const agents = waived(waiver("image-pinned", "apps/v1/DaemonSet monitoring/node-exporter"));
    assert.deepEqual(exemptNamespaces(rule, agents), ["argocd", ...SYSTEM_NAMESPACES, "monitoring"]);
    assert.deepEqual(exemptNamespaces(ruleOf("pod-read-only-root"), agents), ["argocd", ...SYSTEM_NAMESPACES]);
  });

  it("take no waiver of another stack, of the cloud, or that names no namespace", () => {
    const others = waived(
      waiver("image-pinned", "v1/Pod x/y", ["dev"]),
      waiver("image-pinned", "aws:s3/bucket:Bucket logs"),
      waiver("image-pinned", "v1/Pod */y"),
      waiver("image-pinned", "*"),
    );
    assert.deepEqual(exemptNamespaces(ruleOf("image-pinned"), others), ["argocd", ...SYSTEM_NAMESPACES]);
  });

  it("judge the namespaces of charts themselves, and free one only by a waiver", () => {
    const rule = ruleOf("pod-namespace-enforces-level");
    assert.deepEqual(exemptNamespaces(rule, place()), SYSTEM_NAMESPACES);
    assert.deepEqual(exemptNamespaces(rule, waived(waiver(rule.id, "v1/Namespace velero"))), [
      ...SYSTEM_NAMESPACES,
      "velero",
    ]);
  });

  for (const stack of [DEV, PROD])
    it(`come with the stack, as its stage and the pack's waivers have it, beside levels pinned to a version: ${stack.name}`, () => {
      const made = ofKind(stack, "ValidatingAdmissionPolicyBinding");
      const named = (name: string) => made.find(({ metadata }) => metadata.name === `keelson-${name}`);
      const read = named("pod-read-only-root")?.["spec"];
      assert.deepEqual(at(read, "validationActions"), stack === DEV ? ["Warn", "Audit"] : ["Deny"]);
      const exempt = (name: string) =>
        at(named(name)?.["spec"], "matchResources", "namespaceSelector", "matchExpressions", 0, "values") as string[];
      assert.ok(exempt("pod-read-only-root").includes("velero"));
      assert.ok(exempt("pod-namespace-enforces-level").includes("velero"), "waived: its node agent is root");
      assert.ok(!exempt("pod-namespace-enforces-level").includes("argocd"));
      for (const { metadata } of ofKind(stack, "Namespace"))
        assert.equal(
          metadata.labels?.["pod-security.kubernetes.io/enforce-version"],
          `v${stack.settings.cluster.version}`,
          metadata.name,
        );
    });

  it("leave alone what a stack's charts and operators make, wherever they are, and nothing else", () => {
    const free = (stack: Compiled): readonly string[] => {
      const [binding] = ofKind(stack, "ValidatingAdmissionPolicyBinding").filter(
        ({ metadata }) => metadata.name === "keelson-pod-probes",
      );
      return at(
        binding?.["spec"],
        ...["matchResources", "namespaceSelector", "matchExpressions", 0, "values"],
      ) as readonly string[];
    };
    for (const namespace of ["ingress-system", "cert-manager", "rabbitmq-system", "monitoring", "cnpg-system", "data"])
      assert.ok(free(PAYMENTS_PROD).includes(namespace), namespace);
    for (const namespace of ["ingress-system", "data", "order-service"])
      assert.ok(!free(PROD).includes(namespace), `${namespace} holds no chart in prod`);
    assert.ok(!free(PAYMENTS_PROD).includes("payment-service"));
  });
});
