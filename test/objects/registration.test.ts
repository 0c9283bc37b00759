import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ownedBy } from "../../components/delivery/owned";
import { ObjectSet } from "../../components/kubernetes/object-set";
import { chartOf, finalisersOf, needs } from "../../components/kubernetes/order";
import { type Manifest, objectId } from "../../graph/manifest";
import { at, type Compiled, DEV, ofKind, PROD, PROD_BY_PULUMI } from "./stacks";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Manifest;
}

/** What a stack's set registers, once all of it has been. */
async function registered(stack: Compiled): Promise<readonly Registered[]> {
  const all: Registered[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      all.push({ type, name, inputs: inputs as Manifest });
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs as Record<string, unknown>,
  });
  new ObjectSet("objects", { objects: ownedBy("pulumi", stack.objects) });
  await pulumi.runtime.disconnect();
  return all.filter(({ type }) => type.startsWith("kubernetes:"));
}

const typeOf = ({ apiVersion, kind }: Manifest): string =>
  `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`;

describe("the registration of objects", function () {
  this.timeout(20_000);
  for (const stack of [DEV, PROD, PROD_BY_PULUMI])
    it(`registers each of Pulumi's objects once, as its own type: ${stack.name} by ${stack.settings.delivery.by}`, async () => {
      const made = await registered(stack);
      const wanted = ownedBy("pulumi", stack.objects).map(
        ({ manifest }) => `${typeOf(manifest)} ${objectId(manifest)}`,
      );
      assert.deepEqual(made.map(({ type, inputs }) => `${type} ${objectId(inputs)}`).toSorted(), wanted.toSorted());
      assert.equal(new Set(made.map(({ name }) => name)).size, made.length);
    });

  it("adds nothing to a pod on its way through kubernetesx but an empty list, which the API server drops", async () => {
    const made = await registered(DEV);
    const deployments = ofKind(DEV, "Deployment");
    for (const { metadata, spec } of deployments) {
      const through = made.find(({ inputs }) => inputs.kind === "Deployment" && inputs.metadata.name === metadata.name);
      const pod = at(through?.inputs, "spec", "template", "spec") as object;
      assert.deepEqual(
        { ...pod, initContainers: [] },
        { ...(at(spec, "template", "spec") as object), initContainers: [] },
      );
      assert.deepEqual(at(through?.inputs, "spec", "template", "metadata"), at(spec, "template", "metadata"));
    }
    assert.equal(deployments.length, 3);
  });

  it("refuses an object that occurs twice", () => {
    const [first] = DEV.objects;
    assert.ok(first !== undefined);
    assert.throws(() => new ObjectSet("twice", { objects: [first, first] }), /objects written twice: /);
  });
});

describe("the order of objects", () => {
  const ids = new Set(DEV.objects.map(({ manifest }) => objectId(manifest)));
  const neededBy = (id: string) => {
    const owned = DEV.objects.find(({ manifest }) => objectId(manifest) === id);
    assert.ok(owned !== undefined, id);
    return needs(owned, ids).map((need) => need.replace(/-[0-9a-f]{8}$/, ""));
  };

  it("puts pods after their account, their grants and the services they must call, and after nothing else", () => {
    assert.deepEqual(neededBy("apps/v1/Deployment order-service/order"), [
      "v1/Namespace order-service",
      "v1/ServiceAccount order-service/order",
      "batch/v1/Job data/grants-orders",
      "apps/v1/Deployment user-service/user",
      "apps/v1/Deployment payment-service/payment",
    ]);
    assert.deepEqual(neededBy("apps/v1/Deployment user-service/user"), [
      "v1/Namespace user-service",
      "v1/ServiceAccount user-service/user",
    ]);
  });

  it("puts a grants job after the store it grants on, where the store is one of the objects", () => {
    const job = ofKind(DEV, "Job")[0] as Manifest;
    assert.ok(neededBy(objectId(job)).includes("postgresql.cnpg.io/v1/Cluster data/orders"));
  });

  it("makes nothing wait but what cannot come earlier", () => {
    assert.deepEqual(neededBy("v1/Service order-service/order"), ["v1/Namespace order-service"]);
    assert.deepEqual(neededBy("v1/Namespace order-service"), []);
  });

  it("takes what a controller must clean up after before the controller", () => {
    const after = (kind: string) => finalisersOf(ofKind(PROD, kind)[0] as Manifest);
    assert.deepEqual(after("Gateway"), ["aws-load-balancer-controller", "external-dns"]);
    assert.deepEqual(after("GatewayClass"), ["aws-load-balancer-controller"]);
    assert.deepEqual(after("HTTPRoute"), ["aws-load-balancer-controller", "external-dns"]);
    assert.ok(after("Application").includes("aws-load-balancer-controller"));
    assert.deepEqual(after("Service"), []);
  });

  it("knows the chart that brings each custom kind", () => {
    const kinds = ["Cluster", "Gateway", "LoadBalancerConfiguration", "Rollout", "Application", "Schedule", "Service"];
    assert.deepEqual(
      kinds.map((kind) => chartOf([...ofKind(DEV, kind), ...ofKind(PROD, kind)][0] as Manifest)),
      [
        "cloudnative-pg",
        "gateway-crds",
        "aws-load-balancer-controller",
        "argo-rollouts",
        "argo-cd",
        "velero",
        undefined,
      ],
    );
  });
});
