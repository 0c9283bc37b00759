/** The elements of the payments source that no test of one part shows. */
import assert from "node:assert/strict";
import { podSpecOf } from "../../components/kubernetes/order";
import { autoscalerValues } from "../../components/kubernetes/values";
import { factsOf } from "../../stacks/facts";
import {
  at,
  compiled,
  ofKind,
  PAYMENTS_DEV,
  PAYMENTS_EKS,
  PAYMENTS_EKS_PROD,
  PAYMENTS_ON_ALB,
  PAYMENTS_PROD,
} from "../objects/stacks";

const STACKS = [PAYMENTS_DEV, PAYMENTS_PROD, PAYMENTS_EKS_PROD, PAYMENTS_EKS, PAYMENTS_ON_ALB];

describe("payments", () => {
  it("runs two replicas of every service at least, and allows one to be down at a time", () => {
    for (const stack of STACKS) {
      const scalers = ofKind(stack, "HorizontalPodAutoscaler");
      assert.equal(scalers.length, 3);
      for (const scaler of scalers) assert.ok(Number(at(scaler, "spec", "minReplicas")) >= 2, scaler.metadata.name);
      for (const { metadata } of scalers) {
        const [budget] = ofKind(stack, "PodDisruptionBudget").filter((each) => each.metadata.name === metadata.name);
        assert.equal(at(budget, "spec", "maxUnavailable"), 1);
      }
    }
  });

  it("scales every service on processor and memory", () => {
    for (const stack of STACKS)
      for (const scaler of ofKind(stack, "HorizontalPodAutoscaler"))
        assert.deepEqual(
          (at(scaler, "spec", "metrics") as readonly unknown[]).map((metric) => [
            at(metric, "resource", "name"),
            at(metric, "resource", "target", "averageUtilization"),
          ]),
          [
            ["cpu", 70],
            ["memory", 80],
          ],
        );
  });

  it("is scaled by hand with one setting", () => {
    const fixed = compiled("payments-eks-prod", (settings) => ({
      ...settings,
      services: {
        ...settings.services,
        payment: { rollout: { strategy: "rolling" }, scale: { min: 5, max: 5, cpu: 70 } },
      },
    }));
    const [payment] = ofKind(fixed, "Deployment").filter(({ metadata }) => metadata.name === "payment");
    assert.equal(at(payment, "spec", "replicas"), 5);
    assert.ok(!ofKind(fixed, "HorizontalPodAutoscaler").some(({ metadata }) => metadata.name === "payment"));
  });

  it("lets nodes follow the pods, between the bounds that a stack sets", () => {
    const values = autoscalerValues(factsOf(PAYMENTS_EKS_PROD.settings), "payments-prod");
    assert.deepEqual(at(values, "autoDiscovery"), { clusterName: "payments-prod" });
    const { nodes } = PAYMENTS_EKS_PROD.settings.cluster;
    assert.ok(nodes.min >= 3 && nodes.max > nodes.min);
  });

  it("gives every service an account of its own, and no token or right where none is needed", () => {
    for (const stack of STACKS) {
      const deployments = ofKind(stack, "Deployment");
      const accounts = deployments.map(
        (each) => `${String(each.metadata.namespace)}/${String(at(podSpecOf(each), "serviceAccountName"))}`,
      );
      assert.equal(new Set(accounts).size, 3);
      for (const each of deployments) assert.equal(at(podSpecOf(each), "automountServiceAccountToken"), false);
      const bound = ofKind(stack, "RoleBinding", "ClusterRoleBinding").flatMap((each) =>
        (at(each, "subjects") as readonly unknown[]).map(
          (subject) => `${String(at(subject, "namespace"))}/${String(at(subject, "name"))}`,
        ),
      );
      assert.deepEqual(
        bound.filter((name) => accounts.includes(name)),
        [],
      );
    }
  });
});
