/** The evaluator against the documented semantics, on policies written by hand: it is the judge of the proof. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { interval } from "../../graph/cidr";
import { type NetworkPolicy, type Peer } from "../../graph/derive/network-policy";
import { type Cidr, type Dialect } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { type Port, tcp, udp } from "../../graph/port";
import { connects, type Endpoint, PolicyIndex, selects } from "../../graph/reach/evaluate";
import { KUBERNETES, KUBERNETES_OUTSIDE, VPC_CNI } from "./landscapes";

const address = (text: string): number => interval(`${text}/32`).first;
const pod = (namespace: string, labels: Labels = {}, at = "10.1.0.1"): Endpoint => ({
  address: address(at),
  pod: { namespace, labels },
});

interface Rule {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

const policy = (spec: {
  readonly selects?: Labels;
  readonly types: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}): NetworkPolicy => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "p", namespace: "a" },
  spec: {
    podSelector: spec.selects === undefined ? {} : { matchLabels: spec.selects },
    policyTypes: spec.types,
    ingress: (spec.ingress ?? []).map(({ peers, ports }) => ({ from: peers, ports })),
    egress: (spec.egress ?? []).map(({ peers, ports }) => ({ to: peers, ports })),
  },
});

const index = (policies: readonly NetworkPolicy[], dialect: Dialect = KUBERNETES) => new PolicyIndex(policies, dialect);
const block = (cidr: Cidr, ...except: Cidr[]): Peer => ({ ipBlock: { cidr, except } });
const inNamespace = (name: string): Pick<Peer, "namespaceSelector"> => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

const other = pod("b", { app: "x" }, "10.1.0.2");
const ingress = (rules: PolicyIndex, from: Endpoint = other, port: Port = tcp(80)): boolean =>
  rules.allows("ingress", pod("a"), from, port);

describe("the evaluator", () => {
  it("lets everything through where no policy selects the pod", () => {
    assert.ok(ingress(index([])));
    assert.ok(ingress(index([policy({ selects: { app: "another" }, types: ["Ingress"] })])));
  });

  it("denies all in the directions that a policy without rules is about, and only there", () => {
    const rules = index([policy({ types: ["Ingress"] })]);
    assert.ok(!ingress(rules));
    assert.ok(rules.allows("egress", pod("a"), other, tcp(80)));
    assert.ok(rules.allows("ingress", pod("b"), other, tcp(80)), "a policy is about its own namespace");
  });

  it("ignores rules of a direction that the policy's types leave out", () => {
    const rules = index([policy({ types: ["Egress"], ingress: [] })]);
    assert.ok(ingress(rules));
  });

  it("reads a rule without peers as any peer, and without ports as any port", () => {
    const anyPeer = index([policy({ types: ["Ingress"], ingress: [{ peers: [], ports: [tcp(80)] }] })]);
    assert.ok(ingress(anyPeer));
    assert.ok(ingress(anyPeer, { address: address("203.0.113.9") }));
    assert.ok(!ingress(anyPeer, other, tcp(81)));
    assert.ok(!ingress(anyPeer, other, udp(80)));
    assert.ok(ingress(index([policy({ types: ["Ingress"], ingress: [{ peers: [], ports: [] }] })]), other, udp(9)));
  });

  it("adds up what several policies allow", () => {
    const one = policy({ types: ["Ingress"], ingress: [{ peers: [], ports: [tcp(80)] }] });
    const two = policy({ types: ["Ingress"], ingress: [{ peers: [], ports: [tcp(81)] }] });
    const rules = index([one, two]);
    assert.deepEqual(
      [80, 81, 82].map((port) => ingress(rules, other, tcp(port))),
      [true, true, false],
    );
  });

  it("takes the selectors of one peer together, and those of two peers apart", () => {
    const both: Peer = { ...inNamespace("b"), podSelector: { matchLabels: { app: "x" } } };
    const together = index([policy({ types: ["Ingress"], ingress: [{ peers: [both], ports: [] }] })]);
    assert.ok(ingress(together));
    assert.ok(!ingress(together, pod("b", { app: "y" })));
    assert.ok(!ingress(together, pod("c", { app: "x" })));
    const either = [inNamespace("b"), { podSelector: { matchLabels: { app: "x" } } }];
    const apart = index([policy({ types: ["Ingress"], ingress: [{ peers: either, ports: [] }] })]);
    assert.ok(ingress(apart, pod("b", { app: "y" })));
    assert.ok(ingress(apart, pod("a", { app: "x" })), "without a namespace selector: its own namespace");
    assert.ok(!ingress(apart, pod("c", { app: "x" })));
  });

  it("reads an empty namespace selector as every namespace, an empty pod selector as every pod", () => {
    const everywhere = index([
      policy({ types: ["Ingress"], ingress: [{ peers: [{ namespaceSelector: {} }], ports: [] }] }),
    ]);
    assert.ok(ingress(everywhere));
    assert.ok(!ingress(everywhere, { address: address("203.0.113.9") }), "but only pods");
    const here = index([policy({ types: ["Ingress"], ingress: [{ peers: [{ podSelector: {} }], ports: [] }] })]);
    assert.ok(ingress(here, pod("a")));
    assert.ok(!ingress(here));
  });

  it("takes a range to its last address, minus its exceptions", () => {
    const rules = index([
      policy({ types: ["Ingress"], ingress: [{ peers: [block("10.2.0.0/24", "10.2.0.128/25")], ports: [] }] }),
    ]);
    const at = (text: string): boolean => ingress(rules, { address: address(text) });
    assert.deepEqual(["10.1.255.255", "10.2.0.0", "10.2.0.127", "10.2.0.128", "10.2.0.255", "10.2.1.0"].map(at), [
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("matches pods by range only where the network does", () => {
    const range = policy({ types: ["Ingress"], ingress: [{ peers: [block("10.1.0.0/16")], ports: [] }] });
    assert.ok(ingress(index([range], KUBERNETES)));
    assert.ok(!ingress(index([range], KUBERNETES_OUTSIDE)));
    assert.ok(
      ingress(index([range], KUBERNETES_OUTSIDE), { address: address("10.1.0.2") }),
      "an address without a pod",
    );
  });

  it("needs both sides for a connection", () => {
    const out = policy({ types: ["Egress"], egress: [{ peers: [inNamespace("b")], ports: [tcp(80)] }] });
    const shut: NetworkPolicy = { ...policy({ types: ["Ingress"] }), metadata: { name: "shut", namespace: "b" } };
    assert.ok(connects(index([out]), pod("a"), other, tcp(80)));
    assert.ok(!connects(index([out, shut]), pod("a"), other, tcp(80)));
    assert.ok(!connects(index([out]), pod("a"), other, tcp(81)));
  });

  it("evaluates every operator of a selector", () => {
    const where = (key: string, operator: "In" | "NotIn" | "Exists" | "DoesNotExist", ...values: string[]): boolean =>
      selects({ matchExpressions: [{ key, operator, values }] }, { app: "x" });
    assert.deepEqual([where("app", "In", "x"), where("app", "In", "y"), where("no", "In", "x")], [true, false, false]);
    assert.deepEqual(
      [where("app", "NotIn", "x"), where("app", "NotIn", "y"), where("no", "NotIn", "x")],
      [false, true, true],
    );
    assert.deepEqual([where("app", "Exists"), where("no", "Exists")], [true, false]);
    assert.deepEqual([where("app", "DoesNotExist"), where("no", "DoesNotExist")], [false, true]);
  });
});

describe("a Service's address on the VPC CNI", () => {
  const face = { name: "db-rw", selector: { db: "x", role: "primary" }, ports: [tcp(5432)] };
  const primary = pod("b", { db: "x", role: "primary" });
  const through = (labels: Labels, dialect: Dialect = VPC_CNI, port: Port = tcp(5432)): boolean => {
    const peer = { ...inNamespace("b"), podSelector: { matchLabels: labels } };
    const rules = index(
      [policy({ types: ["Egress"], egress: [{ peers: [peer], ports: [tcp(5432), tcp(80)] }] })],
      dialect,
    );
    return rules.allowsThrough(face, pod("a"), primary, port);
  };

  it("opens to a peer with the Service's own selector", () => assert.ok(through(face.selector)));
  it("stays shut for a peer that lacks one of its labels", () => assert.ok(!through({ db: "x" })));
  it("stays shut for a peer that asks for more", () => assert.ok(!through({ ...face.selector, zone: "a" })));
  it("opens on the Service's port only", () => assert.ok(!through(face.selector, VPC_CNI, tcp(80))));
  it("is judged by the pods behind it on other networks", () => assert.ok(through({ db: "x" }, KUBERNETES)));
});
