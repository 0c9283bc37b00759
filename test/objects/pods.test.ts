import assert from "node:assert/strict";
import { podSpecOf } from "../../components/kubernetes/order";
import type { Manifest } from "../../graph/manifest";
import { PolicyIndex, selects } from "../../graph/reach/evaluate";
import { networkPolicies } from "../../graph/derive/network";
import { VPC_CNI } from "../../stacks/aws/site";
import { at, type Compiled, DEV, ofKind, PROD, PROD_BY_PULUMI } from "./stacks";

const WORKLOADS = ["Deployment", "Rollout", "StatefulSet", "Job", "CronJob"];

const podLabels = (manifest: Manifest): Readonly<Record<string, string>> =>
  (manifest.kind === "CronJob"
    ? at(manifest, "spec", "jobTemplate", "spec", "template", "metadata", "labels")
    : at(manifest, "spec", "template", "metadata", "labels")) as Readonly<Record<string, string>>;

describe("pods", () => {
  for (const stack of [DEV, PROD])
    it(`meet every demand of Pod Security restricted, and more, in ${stack.name}`, () => {
      const workloads = ofKind(stack, ...WORKLOADS);
      assert.ok(workloads.length >= 6);
      for (const workload of workloads) {
        const pod = podSpecOf(workload);
        assert.equal(at(pod, "securityContext", "runAsNonRoot"), true, workload.metadata.name);
        assert.ok(Number(at(pod, "securityContext", "runAsUser")) > 0);
        assert.equal(at(pod, "securityContext", "seccompProfile", "type"), "RuntimeDefault");
        assert.equal(at(pod, "automountServiceAccountToken"), false);
        assert.equal(at(pod, "hostNetwork"), undefined);
        for (const container of at(pod, "containers") as readonly unknown[]) {
          assert.equal(at(container, "securityContext", "allowPrivilegeEscalation"), false);
          assert.equal(at(container, "securityContext", "readOnlyRootFilesystem"), true);
          assert.deepEqual(at(container, "securityContext", "capabilities", "drop"), ["ALL"]);
          assert.ok(at(container, "resources", "limits", "memory"));
        }
      }
    });

  for (const stack of [DEV, PROD])
    it(`carry their nodes' labels, so that a policy selects every one of them both ways, in ${stack.name}`, () => {
      const rules = new PolicyIndex(networkPolicies(stack.graph), VPC_CNI);
      for (const workload of ofKind(stack, ...WORKLOADS)) {
        const pod = { namespace: workload.metadata.namespace ?? "", labels: podLabels(workload) };
        const nodes = [...stack.graph.nodes.values()].filter(
          ({ place }) =>
            place.at === "pods" &&
            place.namespace === pod.namespace &&
            selects({ matchLabels: place.labels }, pod.labels),
        );
        assert.equal(nodes.length, 1, `${workload.metadata.name} is ${nodes.map(({ id }) => id).join(", ")}`);
        for (const direction of ["ingress", "egress"] as const)
          assert.ok(
            rules.selecting(direction, { address: 0, pod }).length >= 2,
            `${workload.metadata.name} ${direction}`,
          );
      }
    });

  it("are the same, byte for byte, whoever delivers them: switching restarts none", () => {
    const templates = (stack: Compiled) =>
      ofKind(stack, ...WORKLOADS)
        .map(({ kind, metadata, spec }) => [kind, metadata.namespace, metadata.name, spec] as const)
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    assert.ok(templates(PROD).length > 5);
    assert.equal(JSON.stringify(templates(PROD)), JSON.stringify(templates(PROD_BY_PULUMI)));
  });

  it("run two replicas by default, and leave the number to the autoscaler where there is one", () => {
    for (const [stack, replicas] of [
      [DEV, 2],
      [PROD, undefined],
    ] as const)
      for (const workload of ofKind(stack, "Deployment", "Rollout"))
        assert.equal(at(workload, "spec", "replicas"), replicas, `${stack.name} ${workload.metadata.name}`);
    assert.deepEqual(
      ofKind(PROD, "HorizontalPodAutoscaler").map((hpa) => [
        at(hpa, "spec", "scaleTargetRef", "kind"),
        at(hpa, "spec", "minReplicas"),
        at(hpa, "spec", "maxReplicas"),
      ]),
      [
        ["Rollout", 3, 12],
        ["Rollout", 3, 8],
        ["Deployment", 3, 12],
      ],
    );
  });

  it("ask for what the source says, unless a stack says otherwise", () => {
    const [first] = ofKind(DEV, "Deployment");
    assert.deepEqual(at(podSpecOf(first as Manifest), "containers", 0, "resources"), {
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { cpu: "100m", memory: "128Mi" },
    });
  });

  it("stop only after the load balancer has stopped sending, and before they are killed", () => {
    for (const workload of ofKind(PROD, "Deployment", "Rollout")) {
      const pod = podSpecOf(workload);
      const sleep = Number(at(pod, "containers", 0, "lifecycle", "preStop", "sleep", "seconds"));
      assert.ok(sleep > 15 && sleep < Number(at(pod, "terminationGracePeriodSeconds")));
    }
  });
});

describe("Services", () => {
  for (const stack of [DEV, PROD])
    it(`have the container's port and the graph's labels: the VPC CNI judges both, in ${stack.name}`, () => {
      const faces = [...stack.graph.nodes.values()].flatMap((node) =>
        node.faces.map((face) => [node.place.at === "pods" ? node.place.namespace : "", face] as const),
      );
      const services = ofKind(stack, "Service");
      for (const { spec, metadata } of services) {
        assert.equal(at(spec, "type"), "ClusterIP");
        for (const port of at(spec, "ports") as readonly unknown[])
          assert.equal(at(port, "port"), at(port, "targetPort"), metadata.name);
      }
      for (const [namespace, face] of faces) {
        const made = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === face.name);
        if (made === undefined) continue; // The operator's, a chart's or Kubernetes' own.
        assert.deepEqual(at(made, "spec", "selector"), face.selector);
      }
      const own = faces.filter(([, { name }]) => services.some(({ metadata }) => metadata.name === name));
      assert.ok(own.length >= 3);
    });
});
