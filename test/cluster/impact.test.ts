import assert from "node:assert/strict";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Provider } from "@pulumi/kubernetes/provider";
import { DataLoss } from "../../embedded/engine/failures";
import { type Plan, plan } from "../../embedded/engine/plan";
import { holdingTheStack } from "../../embedded/engine/session";
import { destroy, up } from "../../embedded/engine/update";
import { discard } from "../support/toy";
import { standinCheckout, standinSession } from "../support/standin-session";
import { runningControlPlane } from "./kubernetes-plane";
import { TestStack } from "./kubernetes-stack";

interface Wishes {
  readonly image?: string;
  readonly replicas?: number;
  readonly service?: string;
}

const metadata = (name: string) => ({ name, namespace: "impact" });
const labels = (app: string) => ({ metadata: { labels: { app } } });

describe("a change of Kubernetes objects", function () {
  this.timeout(300_000);
  const files = standinCheckout();
  let plane: string;
  let kubeconfig: string;
  before(async () => {
    plane = await runningControlPlane();
    const stack = new TestStack(plane);
    kubeconfig = stack.kubeconfig();
    stack.remove();
    await bring({});
  });
  after(async () => {
    const session = sessionOf({});
    await holdingTheStack(session, () => destroy(session, () => ""));
    discard(files);
  });

  const program = (wishes: Wishes) => (): Promise<undefined> => {
    const { image = "registry.example/order:1.0.0", replicas = 1, service = "cache" } = wishes;
    const options = { provider: new Provider("cluster", { kubeconfig }) };
    const home = new Namespace("home", { metadata: { name: "impact" } }, options);
    const inside = { ...options, dependsOn: home };
    const containers = [{ name: "app", image }];
    const selector = (app: string) => ({ matchLabels: { app } });
    const order = { replicas, selector: selector("order"), template: { ...labels("order"), spec: { containers } } };
    new Deployment("order", { metadata: metadata("order"), spec: order }, inside);
    const resources = { requests: { storage: "1Gi" } };
    const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources } };
    const cache = {
      volumeClaimTemplates: [claim],
      serviceName: service,
      selector: selector("cache"),
      template: { ...labels("cache"), spec: { containers } },
    };
    const annotations = { "pulumi.com/skipAwait": "true" }; // no storage class here: its pods wait for ever
    new StatefulSet("cache", { metadata: { ...metadata("cache"), annotations }, spec: cache }, inside);
    return Promise.resolve(undefined);
  };
  const sessionOf = (wishes: Wishes) => standinSession(files, program(wishes), plane);
  const bring = (wishes: Wishes) => {
    const session = sessionOf(wishes);
    return holdingTheStack(session, () => up(session));
  };
  const kindsOf = ({ impact }: Plan): Readonly<Record<string, string>> =>
    Object.fromEntries(impact.filter(({ kind }) => kind !== "no-op").map(({ name, kind }) => [name, kind]));

  it("is rolling where pods are replaced one after another, in place where they stay", async () => {
    const image = "registry.example/order:1.0.1";
    assert.deepEqual(kindsOf(await plan(sessionOf({ image }))), { order: "rolling", cache: "rolling" });
    assert.deepEqual(kindsOf(await plan(sessionOf({ replicas: 2 }))), { order: "in place" });
  });

  it("that makes a StatefulSet anew loses its volumes, names the property, and is refused with nothing changed", async () => {
    const wish = { service: "other" };
    const [impact] = (await plan(sessionOf(wish))).unsigned;
    assert.deepEqual([impact?.name, impact?.root?.property], ["cache", "spec.serviceName"]);
    assert.match(impact?.id ?? "", /^[0-9a-f-]{36}$/, "the object's uid");
    await assert.rejects(bring(wish), DataLoss);
    assert.deepEqual(kindsOf(await plan(sessionOf({}))), {});
  });
});
