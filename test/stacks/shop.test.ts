/** The elements of the shop's source that no test of one part shows: what the two stacks hold, by its words. */
import assert from "node:assert/strict";
import { applications } from "../../components/delivery/argocd-objects";
import { argoCdValues } from "../../components/kubernetes/values";
import { podSpecOf } from "../../components/kubernetes/order";
import { objectId } from "../../graph/manifest";
import type { Settings } from "../../stacks/schema";
import { factsOf } from "../../stacks/facts";
import { at, compiled, DEV, ofKind, PROD } from "../objects/stacks";

const names = (...found: Parameters<typeof ofKind>): readonly string[] =>
  ofKind(...found).map(({ metadata }) => metadata.name);

const withService = (name: string, change: Partial<Settings["services"][string]>) =>
  compiled("dev", (settings) => ({
    ...settings,
    services: {
      ...settings.services,
      [name]: { rollout: { strategy: "rolling" }, ...settings.services[name], ...change },
    },
  }));

describe("the shop", () => {
  for (const stack of [DEV, PROD]) {
    it(`has the source's namespaces, one for each service and one for the edge, in ${stack.name}`, () => {
      const all = names(stack, "Namespace");
      for (const name of ["user-service", "order-service", "payment-service", "ingress-system"])
        assert.ok(all.includes(name), name);
      for (const service of ["user", "order", "payment"])
        assert.ok(ofKind(stack, "Service").some(({ metadata }) => metadata.namespace === `${service}-service`));
    });

    it(`asks every service whether it lives and whether it is ready, in ${stack.name}`, () => {
      const workloads = ofKind(stack, "Deployment", "Rollout");
      assert.equal(workloads.length, 3);
      for (const workload of workloads)
        for (const probe of ["readinessProbe", "livenessProbe"])
          assert.ok(at(podSpecOf(workload), "containers", 0, probe, "httpGet", "path"), objectId(workload));
    });

    it(`keeps the load balancer's access logs in one place, in ${stack.name}`, () => {
      const [configuration] = ofKind(stack, "LoadBalancerConfiguration").filter(({ spec }) =>
        JSON.stringify(spec).includes("access_logs"),
      );
      assert.match(JSON.stringify(configuration), /"access_logs.s3.enabled".*access_logs.s3.bucket/);
      assert.equal(ofKind(stack, "Gateway").length, 1);
    });
  }

  it("has the source's applications under one root: each service, the shared edge, Velero, and the stores", () => {
    const apps = applications(PROD.graph).map(({ name }) => name);
    assert.deepEqual(apps.toSorted(), ["data", "ingress", "order", "payment", "user", "velero"]);
    assert.deepEqual(names(PROD, "Application").toSorted(), [...apps, "root"].toSorted());
  });

  it("lets administrators sync and roll back, and everybody who signed on look, project by project", () => {
    const projects = ofKind(PROD, "AppProject");
    assert.equal(projects.length, 3);
    for (const { metadata, spec } of projects) {
      const [admin, viewer] = at(spec, "roles") as readonly {
        policies: readonly string[];
        groups?: readonly string[];
      }[];
      assert.deepEqual(admin?.groups, ["platform-admins"]);
      assert.match(admin?.policies.join() ?? "", new RegExp(`applications, sync, ${metadata.name}/\\*, allow`));
      assert.deepEqual(viewer?.policies.length, 1);
    }
  });

  it("shows its dashboard behind single sign-on alone", () => {
    const { delivery } = factsOf(PROD.settings);
    assert.ok(delivery.by === "argocd");
    const values = argoCdValues(delivery, undefined);
    assert.equal(at(values, "configs", "cm", "admin.enabled"), false);
    assert.match(String(at(values, "configs", "cm", "oidc.config")), /https:\/\/login\.example\.com/);
    assert.equal(at(values, "configs", "rbac", "policy.default"), "role:readonly");
    const [route] = ofKind(PROD, "HTTPRoute").filter(({ metadata }) => metadata.name === "argocd");
    assert.deepEqual(at(route, "spec", "hostnames"), ["argocd.example.com"]);
  });

  it("keeps Argo CD to what Git says: it syncs by itself, mends drift, and going back is a revert", () => {
    for (const application of ofKind(PROD, "Application"))
      assert.deepEqual(at(application, "spec", "syncPolicy", "automated"), { prune: true, selfHeal: true });
  });

  it("takes replicas, resources and an autoscaler per service and per stack", () => {
    const resources = {
      requests: { cpu: "200m", memory: "256 MiB" },
      limits: { cpu: "1", memory: "512 MiB" },
    } as const;
    const changed = withService("order", { scale: { min: 4, max: 9, cpu: 60 }, resources });
    const [autoscaler] = ofKind(changed, "HorizontalPodAutoscaler");
    assert.deepEqual([at(autoscaler, "spec", "minReplicas"), at(autoscaler, "spec", "maxReplicas")], [4, 9]);
    assert.deepEqual(names(changed, "HorizontalPodAutoscaler"), ["order"]);
    const [order] = ofKind(changed, "Deployment").filter(({ metadata }) => metadata.name === "order");
    assert.equal(at(podSpecOf(order ?? assert.fail()), "containers", 0, "resources", "requests", "memory"), "256Mi");
  });

  it("moves a canary by growing weights, each after a pause and a look at its answers", () => {
    const [canary] = ofKind(PROD, "Rollout").filter(({ metadata }) => metadata.name === "order");
    const steps = at(canary, "spec", "strategy", "canary", "steps") as readonly object[];
    assert.deepEqual(
      steps.flatMap((step) => ("setWeight" in step ? [step.setWeight] : [])),
      [10, 30, 60],
    );
    assert.deepEqual(
      steps.map((step) => Object.keys(step)[0]),
      [10, 30, 60].flatMap(() => ["setWeight", "pause", "analysis"]),
    );
    assert.deepEqual(names(PROD, "AnalysisTemplate"), ["order-success"]);
  });

  it("keeps the old colour beside the new one until it is promoted, so that going back needs no new pod", () => {
    const [rollout] = ofKind(PROD, "Rollout").filter(({ metadata }) => metadata.name === "payment");
    const strategy = at(rollout, "spec", "strategy", "blueGreen");
    assert.equal(at(strategy, "autoPromotionEnabled"), false);
    assert.equal(at(strategy, "scaleDownDelaySeconds"), 300);
    assert.notEqual(at(strategy, "activeService"), at(strategy, "previewService"));
  });
});
