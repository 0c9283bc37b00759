import assert from "node:assert/strict";
import { readinessOf, withoutController } from "../../embedded/standin/kubernetes/readiness";
import { customVerdict, verdictOn } from "../../embedded/standin/kubernetes/verdict";
import type { Properties } from "../../embedded/standin/values";

const deployment = (status: Properties, replicas = 2): Properties => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "order", generation: 2 },
  spec: { replicas },
  status: { observedGeneration: 2, ...status },
});

describe("readiness of Kubernetes objects", () => {
  it("holds for a Deployment whose replicas are all updated and available", () => {
    const status = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    assert.deepEqual(verdictOn(deployment(status)), { ready: true, reasons: [] });
  });

  it("tells what a Deployment lacks", () => {
    const cases: readonly (readonly [Properties, RegExp])[] = [
      [{ observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2 }, /not yet seen the last change/],
      [{ updatedReplicas: 1, replicas: 1, availableReplicas: 2 }, /^1 of 2 replicas are updated$/],
      [{ updatedReplicas: 2, replicas: 3, availableReplicas: 2 }, /^old replicas still run$/],
      [{ updatedReplicas: 2, replicas: 2, availableReplicas: 0 }, /^0 of 2 replicas are available$/],
    ];
    for (const [status, reason] of cases) {
      const verdict = verdictOn(deployment(status));
      assert.equal(verdict.ready, false);
      assert.match(verdict.reasons.join(), reason);
    }
  });

  it("is final only for what another try cannot mend", () => {
    const failing = (message: string): Properties => ({
      conditions: [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }],
    });
    const violation = verdictOn(deployment(failing('pods "x" is forbidden: violates PodSecurity "restricted:latest"')));
    assert.deepEqual([violation.ready, violation.failed], [false, true]);
    const quota = verdictOn(deployment(failing("exceeded quota")));
    assert.deepEqual([quota.ready, quota.failed], [false, false]);
    assert.match(quota.reasons[0] ?? "", /^FailedCreate: exceeded quota$/);
    const late = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" }];
    assert.deepEqual(verdictOn(deployment({ conditions: late })), {
      ready: false,
      reasons: ["timed out"],
      failed: true,
    });
  });

  it("follows a StatefulSet's partition", () => {
    const set = (updatedReplicas: number): Properties => ({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      spec: { replicas: 3, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
      status: { observedGeneration: 1, readyReplicas: 3, updatedReplicas },
    });
    assert.equal(verdictOn(set(1)).ready, true);
    assert.deepEqual(verdictOn(set(0)).reasons, ["0 of 1 replicas are updated"]);
  });

  it("tells a Job that failed from one that runs", () => {
    const job = (...conditions: readonly Properties[]): Properties => ({
      apiVersion: "batch/v1",
      kind: "Job",
      spec: { completions: 2 },
      status: { succeeded: 1, conditions },
    });
    assert.deepEqual(verdictOn(job()), { ready: false, reasons: ["1 of 2 pods have succeeded"] });
    assert.equal(verdictOn(job({ type: "Complete", status: "True" })).ready, true);
    const failed = verdictOn(
      job({ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "gave up" }),
    );
    assert.deepEqual(failed, { ready: false, reasons: ["BackoffLimitExceeded: gave up"], failed: true });
  });

  it("holds for whatever the API server alone gives effect", () => {
    assert.equal(verdictOn({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" }).ready, true);
  });

  it("waits for a Gateway of class alb, unless nothing stands behind it", () => {
    const gateway = (gatewayClassName: string, ...conditions: readonly Properties[]): Properties => ({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      spec: { gatewayClassName },
      status: { conditions },
    });
    const programmed = (status: string, reason: string) => ({
      type: "Programmed",
      status,
      reason,
      message: "no subnets",
    });
    assert.equal(verdictOn(gateway("kong")).ready, true);
    assert.equal(verdictOn(gateway("alb")).ready, false);
    assert.equal(verdictOn(gateway("alb", programmed("True", "Programmed"))).ready, true);
    assert.equal(verdictOn(gateway("alb", programmed("False", "NotPlayed"))).ready, true);
    assert.match(verdictOn(gateway("alb", programmed("False", "Invalid"))).reasons.join(), /no subnets/);
  });

  it("fails a route that a Gateway turned down, and takes one whose Gateway is still to come", () => {
    const route = (...parents: readonly Properties[]): Properties => ({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      status: { parents },
    });
    const told = (status: string): Properties => ({ conditions: [{ type: "Accepted", status, message: "quota" }] });
    assert.equal(verdictOn(route()).ready, true);
    assert.equal(verdictOn(route(told("True"))).ready, true);
    assert.deepEqual(verdictOn(route(told("True"), told("False"))), { ready: false, reasons: ["quota"], failed: true });
  });

  it("understands pulumi.com/waitFor", () => {
    const live = { status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } };
    const held = ["jsonpath={.status.phase}=Running", "jsonpath={.status.phase}", "condition=Ready=False"];
    for (const wanted of held) assert.equal(customVerdict(live, wanted).ready, true, wanted);
    assert.equal(customVerdict(live, JSON.stringify(held)).ready, true);
    for (const wanted of ["condition=Ready", "jsonpath={.status.phase}=Done", "jsonpath={.status.other}"])
      assert.match(customVerdict(live, wanted).reasons.join(), /does not hold yet/, wanted);
  });
});

describe("the table of what is observed here", () => {
  it("says of each kind whether its readiness is observed, and why", () => {
    const observed = ["apps/v1 Deployment", "batch/v1 Job", "v1 Secret", "policy/v1 PodDisruptionBudget"];
    const not = ["argoproj.io/v1alpha1 Rollout", "postgresql.cnpg.io/v1 Cluster", "velero.io/v1 Schedule"];
    const of = (id: string) => readinessOf(id.split(" ")[0] ?? "", id.split(" ")[1] ?? "");
    for (const id of [...observed, "networking.k8s.io/v1 NetworkPolicy"])
      assert.equal(of(id).readiness, "observed", id);
    for (const id of [...not, "gateway.networking.k8s.io/v1 GRPCRoute"])
      assert.equal(of(id).readiness, "not observed here", id);
    assert.match(of("velero.io/v1 Schedule").why, /no controller of velero\.io runs here/);
  });
  it("tells which kinds are there without a controller, by group", () => {
    const of = (apiVersion: string, kind: string) => ({ apiVersion, kind });
    assert.deepEqual(
      withoutController([
        of("velero.io/v1", "Schedule"),
        of("cert-manager.io/v1", "Issuer"),
        of("apps/v1", "Deployment"),
        of("cert-manager.io/v1", "Certificate"),
        of("cert-manager.io/v1", "Issuer"),
      ]),
      ["cert-manager.io Certificate, Issuer", "velero.io Schedule"],
    );
    const edge = (gatewayClassName: string) => [
      { ...of("gateway.networking.k8s.io/v1", "Gateway"), spec: { gatewayClassName } },
      of("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ];
    assert.deepEqual(withoutController(edge("alb")), []);
    assert.deepEqual(withoutController(edge("kong")), ["gateway.networking.k8s.io Gateway, HTTPRoute"]);
  });
});
