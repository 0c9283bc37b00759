import assert from "node:assert/strict";
import { type Brought } from "../../embedded/engine/update";
import { upReport, type UpResult } from "../../cli/up-report";

const brought = { changes: { create: 2, same: 1 }, records: undefined, plan: { unexpanded: [] } } as unknown as Brought;
const record = {
  kubeconfig: "/a/kubeconfig",
  version: "v1.36.3",
  processes: [{ name: "etcd", pid: 7, startTicks: "1" }],
};
const running = { record, remarks: [] } as unknown as UpResult["running"];
const accepted = ["cert-manager.io Certificate, ClusterIssuer", "postgresql.cnpg.io Cluster"];
const outputs = { kubeconfig: "x".repeat(3000), stores: { orders: "orders.data" }, url: "https://a.example.com" };

describe("the end of an up", () => {
  const lines = upReport({ stack: "dev", brought, outputs, running, command: "", pair: ["order", "user"], accepted });
  const text = lines.join("\n");

  it("shows of a long output the beginning and the length, and gives members of an object a line each", () => {
    assert.match(text, /kubeconfig +x{60}… \(3000 characters\)/);
    assert.match(text, /stores\.orders +orders\.data\n/);
    assert.match(text, /url +https:\/\/a\.example\.com/);
  });

  it("fits a terminal of 100 columns", () => {
    for (const line of lines) assert.ok(line.length <= 100, line);
  });

  it("asks about two nodes that this stack has", () => {
    assert.match(text, /npx keelson why order user\n/);
  });

  it("lists the custom resources that are there without their controllers", () => {
    const words = text.replace(/\s+/g, " ");
    assert.match(
      words,
      /accepted without a controller of theirs here: cert-manager\.io Certificate, ClusterIssuer; postg/,
    );
  });

  it("names what keeps running and what ends it", () => {
    assert.match(text, /etcd 7\n {2}npx keelson down ends them/);
  });
});
