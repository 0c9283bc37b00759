import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import { withCloud, type Cloud } from "../../embedded/standin/cloud";
import { textAt } from "../../embedded/standin/kubernetes/fields";
import type { Properties } from "../../embedded/standin/values";
import { TestStack } from "./kubernetes-stack";
import { runningControlPlane } from "./kubernetes-plane";

const definition = (kind: string, plural: string, group = "gateway.networking.k8s.io"): Properties => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${plural}.${group}`,
    annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
  },
  spec: {
    group,
    names: { kind, plural, singular: kind.toLowerCase() },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});

const REGION = { region: "eu-central-1", owner: "test" };

/** A network with a zone, and the cluster that the local control plane stands for. */
function furnish(cloud: Cloud, endpoint: string): void {
  const vpc = cloud.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" }, REGION);
  const subnets = ["a", "b"].map((zone, index) =>
    cloud.create(
      "aws:ec2/subnet:Subnet",
      {
        vpcId: vpc.id,
        cidrBlock: `10.0.${index}.0/24`,
        availabilityZone: `eu-central-1${zone}`,
        tags: { "kubernetes.io/role/internal-elb": "1" },
      },
      REGION,
    ),
  );
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "eks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const role = cloud.create("aws:iam/role:Role", { name: "eks", assumeRolePolicy: JSON.stringify(trust) }, REGION);
  const vpcConfig = { subnetIds: subnets.map(({ id }) => id) };
  const cluster = cloud.create(
    "aws:eks/cluster:Cluster",
    { name: "shop", roleArn: String(role.properties["arn"]), vpcConfig },
    REGION,
  );
  const key = `${cluster.type} ${cluster.region} ${cluster.id}`;
  cloud.change(key, { endpoint, vpcConfig: { ...vpcConfig, vpcId: vpc.id } });
  cloud.create("aws:route53/zone:Zone", { name: "example.com" }, REGION);
}

describe("controllers the kubernetes stand-in plays", function () {
  this.timeout(180_000);
  let stack: TestStack;
  before(async () => {
    stack = new TestStack(await runningControlPlane());
    await withCloud(stack.cloud, (cloud) => furnish(cloud, stack.endpoint));
    for (const crd of [
      definition("Gateway", "gateways"),
      definition("HTTPRoute", "httproutes"),
      definition("Application", "applications", "argoproj.io"),
    ])
      await stack.client.apply(crd, { fieldManager: "test" });
  });
  after(async () => {
    await stack.destroy();
    stack.remove();
  });

  const ofType = (part: string) =>
    withCloud(stack.cloud, (cloud) => cloud.objects(({ type, owner }) => type.includes(part) && owner !== "test"));

  const edge =
    (hostnames: string[], redirects = true) =>
    async () => {
      const options = { provider: stack.provider() };
      const api = "gateway.networking.k8s.io/v1";
      const listeners = [{ name: "http", port: 80, protocol: "HTTP" }];
      const spec = { gatewayClassName: "alb", listeners };
      const namespace = new Namespace("edge", { metadata: { name: "edge" } }, options);
      const metadata = { namespace: namespace.metadata.name };
      const gateway = new CustomResource(
        "gateway",
        { apiVersion: api, kind: "Gateway", metadata: { ...metadata, name: "public" }, spec },
        options,
      );
      const rules = [{ backendRefs: [{ name: "order", port: 80, weight: 1 }] }];
      const route = { parentRefs: [{ name: "public" }], hostnames, rules };
      new CustomResource(
        "route",
        { apiVersion: api, kind: "HTTPRoute", metadata: { ...metadata, name: "order" }, spec: route },
        { ...options, dependsOn: gateway },
      );
      const redirect = { type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } };
      const sameHost = {
        parentRefs: [{ name: "public", sectionName: "http" }],
        hostnames,
        rules: [{ filters: [redirect] }],
      };
      if (redirects)
        new CustomResource(
          "redirect",
          { apiVersion: api, kind: "HTTPRoute", metadata: { ...metadata, name: "redirect" }, spec: sameHost },
          { ...options, dependsOn: gateway },
        );
    };

  it("makes a load balancer, its parts and its records of a Gateway and a route, changes and drains them", async () => {
    const up = await stack.up(edge(["shop.example.com"]));
    assert.equal(up.failure, "");
    const [balancer, ...more] = await ofType("lb/loadBalancer:");
    assert.equal(more.length, 0);
    assert.equal(balancer?.owner, "aws-load-balancer-controller");
    assert.equal((await ofType("lb/targetGroup:")).length, 1);
    const rules = await ofType("lb/listenerRule:");
    const actions = rules.map(({ properties }) => (properties["actions"] as { type: string }[])[0]?.type);
    assert.deepEqual(actions.sort(), ["forward", "redirect"]);
    const records = (await ofType("route53/record:")).map(({ properties }) => [properties["name"], properties["type"]]);
    assert.deepEqual(records.sort(), [
      ["a-shop.example.com", "TXT"],
      ["shop.example.com", "A"],
    ]);
    const reference = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      name: "public",
      namespace: "edge",
    };
    const live = await stack.client.get(reference);
    const [address] = (live?.["status"] as { addresses: { value: string }[] }).addresses;
    assert.equal(address?.value, balancer?.properties["dnsName"]);

    assert.deepEqual((await stack.up(edge(["shop.example.com"]))).summary, { same: 6 });
    assert.equal((await stack.up(edge(["www.example.com"], false))).failure, "");
    const renamed = (await ofType("route53/record:")).map(({ properties }) => properties["name"]);
    assert.deepEqual(renamed.sort(), ["a-www.example.com", "www.example.com"]);
    assert.equal((await ofType("lb/listenerRule:")).length, 1);

    assert.equal((await stack.destroy()).failure, "");
    assert.deepEqual(await ofType(""), []);
    const played = stack.records("played").map((line) => line["played"]);
    assert.ok(played.includes("aws-load-balancer-controller") && played.includes("external-dns"));
  });

  it("applies the rendered folder for the root Application, and removes it with the Application", async () => {
    const inside = "metadata: { name: delivered, namespace: w-argocd }";
    const map = `apiVersion: v1\nkind: ConfigMap\n${inside}\ndata: { a: "1" }\n`;
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: w-argocd }\n";
    writeFileSync(join(stack.rendered, "all.yaml"), [map, namespace].join("---\n"));
    const up = await stack.up(async () => {
      const metadata = {
        name: "root",
        labels: { "app.kubernetes.io/managed-by": "keelson" },
        finalizers: ["resources-finalizer.argocd.argoproj.io"],
      };
      new CustomResource(
        "root",
        { apiVersion: "argoproj.io/v1", kind: "Application", metadata },
        { provider: stack.provider() },
      );
    });
    assert.equal(up.failure, "");
    const reference = { apiVersion: "v1", kind: "ConfigMap", name: "delivered", namespace: "w-argocd" };
    const delivered = await stack.client.get(reference);
    assert.equal(textAt(delivered, "metadata", "labels", "argocd.argoproj.io/instance"), "root");
    assert.equal((await stack.destroy()).failure, "");
    assert.equal(await stack.client.get(reference), undefined);
  });

  it("gives the claims of a StatefulSet volumes, and removes them with the namespace", async () => {
    const up = await stack.up(async () => {
      const options = { provider: stack.provider() };
      const gp3 = new StorageClass(
        "gp3",
        { metadata: { name: "test-gp3" }, provisioner: "ebs.csi.aws.com", volumeBindingMode: "WaitForFirstConsumer" },
        options,
      );
      const namespace = new Namespace("data", { metadata: { name: "w-data" } }, options);
      const labels = { app: "valkey" };
      const claim = {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: gp3.metadata.name,
          resources: { requests: { storage: "1Gi" } },
        },
      };
      const containers = [{ name: "valkey", image: "valkey:8", volumeMounts: [{ name: "data", mountPath: "/data" }] }];
      const valkey = new StatefulSet(
        "valkey",
        {
          metadata: { name: "valkey", namespace: namespace.metadata.name },
          spec: {
            replicas: 2,
            serviceName: "valkey",
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers } },
            volumeClaimTemplates: [claim],
          },
        },
        options,
      );
      return { ready: valkey.status.readyReplicas };
    });
    assert.deepEqual([up.failure, up.outputs["ready"]], ["", 2]);
    const volumes = () => stack.client.list({ apiVersion: "v1", kind: "PersistentVolume" });
    assert.deepEqual(
      (await volumes()).map((volume) => textAt(volume, "status", "phase")),
      ["Bound", "Bound"],
    );
    assert.equal((await stack.destroy()).failure, "");
    assert.deepEqual(await volumes(), []);
  });
});
