import assert from "node:assert/strict";
import { kindOf } from "../../embedded/standin/kubernetes/kind";
import {
  driftedInputs,
  manifestOf,
  outputsOf,
  previewOutputs,
  unknownPaths,
} from "../../embedded/standin/kubernetes/manifest";
import { withIgnored } from "../../embedded/standin/kubernetes/ownership";
import { isSecret, redacted, reveal, secret, UNKNOWN, type Properties } from "../../embedded/standin/values";

const CRD = kindOf("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {});

describe("from inputs to objects and back", () => {
  it("opens secrets, drops nulls and spells x-kubernetes fields as Kubernetes does", () => {
    const inputs = { spec: { a: secret("1"), b: null, items: [{ x_kubernetes_int_or_string: true }] } };
    assert.deepEqual(manifestOf(inputs, CRD), {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      spec: { a: "1", items: [{ "x-kubernetes-int-or-string": true }] },
    });
  });

  it("marks secret what came from a secret, and all data of a Secret", () => {
    const live = { apiVersion: "v1", kind: "ConfigMap", data: { a: "1", b: "2" }, metadata: { name: "x" } };
    const outputs = outputsOf(live, { data: { a: secret("1"), b: "2" } }, "m");
    assert.deepEqual(outputs["data"], { a: secret("1"), b: "2" });
    const made = outputsOf({ ...live, kind: "Secret" }, {}, "m");
    assert.ok(isSecret(made["data"]));
  });

  it("leaves unknown at preview what only the server decides", () => {
    const live = {
      ...{ apiVersion: "v1", kind: "Service", status: { loadBalancer: {} } },
      ...{ metadata: { name: "x", uid: "1", managedFields: [] }, spec: { clusterIP: "10.0.0.1", ports: [] } },
    };
    const outputs = previewOutputs(live, {}, "m");
    assert.deepEqual(
      [outputs["metadata"], outputs["spec"], outputs["status"]],
      [{ name: "x" }, { ports: [] }, undefined],
    );
    const given = previewOutputs({ ...live, spec: { clusterIP: "None" } }, { spec: { clusterIP: "None" } }, "m");
    assert.deepEqual(given["spec"], { clusterIP: "None" });
  });

  it("changes inputs only where the live object has drifted from what was recorded", () => {
    const inputs = { spec: { replicas: 2, cpu: "1000m", template: { image: "a" } } };
    const olds = { spec: { replicas: 2, cpu: "1", template: { image: "a", policy: "Always" } } };
    assert.deepEqual(driftedInputs(inputs, olds, olds), inputs);
    const live = { spec: { replicas: 5, cpu: "1", template: { image: "b", policy: "Never" } } };
    assert.deepEqual(driftedInputs(inputs, olds, live), {
      spec: { replicas: 5, cpu: "1000m", template: { image: "b" } },
    });
    assert.deepEqual(driftedInputs(inputs, olds, { spec: { replicas: 2, cpu: "1" } }), {
      spec: { replicas: 2, cpu: "1000m" },
    });
  });

  it("sees a changed Secret in its stringData, and keeps it secret", () => {
    const encode = (text: string) => Buffer.from(text).toString("base64");
    const inputs = { stringData: { password: secret("old") } };
    const olds = { data: secret({ password: encode("old") }) };
    assert.deepEqual(driftedInputs(inputs, olds, { data: { password: encode("old") } }), inputs);
    const drifted = driftedInputs(inputs, olds, { data: { password: encode("new"), more: encode("x") } });
    assert.ok(isSecret(drifted["stringData"]));
    assert.deepEqual(reveal(drifted), { stringData: { password: "new" } });
  });

  it("keeps secret, and alone secret, a value that drifted from a secret one", () => {
    const inputs = { data: { a: secret("1"), b: "2" } };
    const olds = { data: { a: secret("1"), b: "2" } };
    const drifted = driftedInputs(inputs, olds, { data: { a: "x", b: "3" } });
    assert.deepEqual(drifted, { data: { a: secret("x"), b: "3" } });
  });

  it("names what is not known yet", () => {
    assert.deepEqual(unknownPaths({ a: [{ b: UNKNOWN }], c: { d: UNKNOWN, e: 1 } }), ["a[0].b", "c.d"]);
  });

  it("blots out secret values, plain and encoded", () => {
    const inputs = { stringData: secret({ password: "hunter22" }), name: "hunter" };
    const encoded = Buffer.from("hunter22").toString("base64");
    assert.equal(redacted(`bad "hunter22" or ${encoded} of hunter`, inputs), 'bad "[secret]" or [secret] of hunter');
  });

  it("blots out a secret that is quoted as JSON or in an URL", () => {
    const value = 'two\nlines "of" it';
    const inputs = { data: secret(value), port: secret(54_321) };
    const told = `got ${JSON.stringify(value)} at https://host:54321/?q=${encodeURIComponent(value)}`;
    assert.equal(redacted(told, inputs), 'got "[secret]" at https://host:[secret]/?q=[secret]');
  });
});

describe("applying with ignored fields", () => {
  const managed = (manager: string, fields: Properties): Properties => ({ manager, fieldsV1: fields });
  const object = (replicas: number, weight: number): Properties => ({
    spec: { replicas, ports: [{ name: "http", weight }] },
  });

  it("leaves out what somebody else manages and keeps the live value of what only we manage", () => {
    const live: Properties = {
      ...object(5, 30),
      metadata: {
        managedFields: [
          managed("us", { "f:spec": { "f:ports": { 'k:{"name":"http"}': { "f:weight": {} } } } }),
          managed("autoscaler", { "f:spec": { "f:replicas": {} } }),
        ],
      },
    };
    const ignored = ["spec.replicas", "spec.ports[*].weight"];
    assert.deepEqual(withIgnored(object(2, 100), live, { ignored, manager: "us" }), {
      spec: { ports: [{ name: "http", weight: 30 }] },
    });
  });

  it("finds the element of a list by its keys", () => {
    const fields = { "f:spec": { "f:ports": { 'k:{"name":"http"}': { "f:weight": {} } } } };
    const live: Properties = { ...object(5, 30), metadata: { managedFields: [managed("rollouts", fields)] } };
    const options = { ignored: ["spec.ports[*].weight"], manager: "us" };
    assert.deepEqual(withIgnored(object(5, 100), live, options), { spec: { replicas: 5, ports: [{ name: "http" }] } });
  });
});
