import assert from "node:assert/strict";
import { clusterOf, settingsDifference, settingsOf } from "../../embedded/standin/kubernetes/settings";
import { secret, UNKNOWN, type Properties } from "../../embedded/standin/values";

const LOCAL = { endpoint: "https://127.0.0.1:6443", caData: "Y2E=", token: "t" };

const config = (server: string, authority = "eA=="): string =>
  JSON.stringify({
    clusters: [
      { name: "other", cluster: {} },
      { name: "c", cluster: { server, "certificate-authority-data": authority } },
    ],
    contexts: [{ name: "x", context: { cluster: "c" } }],
    "current-context": "x",
  });

const replaced = (before: Properties, after: Properties): readonly string[] =>
  Object.entries(settingsDifference(before, after).detailed)
    .filter(([, { replace }]) => replace)
    .map(([path]) => path);

describe("the provider's settings", () => {
  it("speak to the local control plane when the kubeconfig names it, in any form", () => {
    const text = config(LOCAL.endpoint);
    const forms = [text, JSON.stringify(text), secret(text), JSON.parse(text) as Properties];
    for (const kubeconfig of forms) assert.ok(settingsOf({ kubeconfig }, LOCAL).client);
    const yaml = `clusters: [{name: c, cluster: {server: "${LOCAL.endpoint}"}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x`;
    assert.equal(clusterOf({ kubeconfig: yaml })["server"], LOCAL.endpoint);
  });

  it("refuse any other server, and none", () => {
    for (const [kubeconfig, got] of [
      [config("https://prod.example.com"), "https://prod.example.com"],
      [config("https://127.0.0.1:7443"), "https://127.0.0.1:7443"],
      ["{}", "no server"],
    ])
      assert.throws(
        () => settingsOf({ kubeconfig: kubeconfig ?? "" }, LOCAL),
        new RegExp(`speaks only to the local control plane: kubeconfig names ${got}, want ${LOCAL.endpoint}`),
      );
  });

  it("know a local control plane that moved to another port by its certificate authority", () => {
    assert.ok(settingsOf({ kubeconfig: config("https://127.0.0.1:7443", LOCAL.caData) }, LOCAL).client);
    const [before, after] = [config("https://127.0.0.1:7443"), config("https://127.0.0.1:8443")];
    assert.deepEqual(replaced({ kubeconfig: before }, { kubeconfig: after }), []);
    assert.deepEqual(replaced({ kubeconfig: before }, { kubeconfig: config("https://127.0.0.1:8443", "b3RoZXI=") }), [
      "kubeconfig",
    ]);
  });

  it("say why no server is asked", () => {
    assert.equal(settingsOf({ kubeconfig: UNKNOWN }, LOCAL).silence, "the cluster's kubeconfig is not known yet");
    assert.equal(settingsOf({ kubeconfig: config("https://a") }, undefined).silence, "no local control plane runs");
  });

  it("replace everything of another cluster, unless an identifier says it is the same", () => {
    const of = (server: string, more: Properties = {}): Properties => ({ kubeconfig: config(server), ...more });
    assert.deepEqual(replaced(of("https://a"), of("https://b")), ["kubeconfig"]);
    assert.deepEqual(replaced(of("https://a"), { kubeconfig: UNKNOWN }), ["kubeconfig"]);
    assert.deepEqual(replaced(of("https://a"), of("https://a", { namespace: "n" })), []);
    const same = { clusterIdentifier: "shop" };
    assert.deepEqual(replaced(of("https://a", same), of("https://b", same)), []);
  });

  it("read flags that arrive as text", () => {
    const args = { kubeconfig: UNKNOWN, enableConfigMapMutable: "true", enableSecretMutable: "false", namespace: "n" };
    const settings = settingsOf(args, undefined);
    assert.deepEqual([settings.mutable, settings.namespace], [{ configMaps: true, secrets: false }, "n"]);
  });
});
