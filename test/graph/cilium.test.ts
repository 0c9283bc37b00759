/** What Cilium is told that a plain policy cannot say, by small systems and by the shop on Azure's landscape. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ciliumPolicies } from "../../graph/derive/cilium";
import { networkPolicies, widenings } from "../../graph/derive/network";
import { exampleName, nameMatches, namesMeet } from "../../graph/host-name";
import { external } from "../../graph/external";
import { type Actor } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { type Endpoint, PolicyIndex } from "../../graph/reach/evaluate";
import { service } from "../../graph/service";
import { why } from "../../graph/why";
import { compileStack } from "../../stacks/compile";
import { LARGE, onAzure } from "../components/azure/settings";
import { BASE, CILIUM, compileLoosely } from "./landscapes";
import { proof, sizeOf } from "./proof";

const stripe = external("stripe", { hosts: ["api.stripe.com", "*.stripe.network"] });
const shopkeeper = service("a", { listens: { http: 8080 }, uses: { stripe: stripe.call() } });

const operator: Actor = {
  name: "operator",
  place: { at: "pods", namespace: "operators", labels: { app: "operator" } },
  webhooks: [tcp(9443)],
  reaches: [{ to: "kubernetes-api" }, { to: "kubelets" }],
};
const kubelets: Actor = { name: "kubelets", place: { at: "nodes", ranges: ["10.0.32.0/20"] }, serves: [tcp(10_250)] };

const graph = compileLoosely([shopkeeper], {
  ...BASE,
  dialect: CILIUM,
  actors: [...BASE.actors, operator, kubelets],
  pods: ["10.244.0.0/16"],
});

const policy = (name: string) => ciliumPolicies(graph).find(({ metadata }) => metadata.name === name);
const TLS = [{ ports: [{ port: "443", protocol: "TCP" }] }];

describe("Cilium is told", () => {
  it("names instead of the whole internet, after questions that its proxy sees", () => {
    assert.deepEqual(policy("service-a")?.spec.egress, [
      {
        toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": "kube-system", "k8s-app": "kube-dns" } }],
        toPorts: [
          {
            ports: [
              { port: "53", protocol: "TCP" },
              { port: "53", protocol: "UDP" },
            ],
            rules: { dns: [{ matchName: "api.stripe.com" }, { matchPattern: "*.stripe.network" }] },
          },
        ],
      },
      { toFQDNs: [{ matchName: "api.stripe.com" }, { matchPattern: "*.stripe.network" }], toPorts: TLS },
    ]);
    const plain = networkPolicies(graph).find(({ metadata }) => metadata.name === "service-a");
    assert.ok(!JSON.stringify(plain).includes("ipBlock"), JSON.stringify(plain));
  });

  it("the API server and nodes by what they are", () => {
    const spec = policy("platform-operator")?.spec;
    assert.deepEqual(spec?.ingress, [
      {
        fromEntities: ["kube-apiserver", "host", "remote-node"],
        toPorts: [{ ports: [{ port: "9443", protocol: "TCP" }] }],
      },
    ]);
    assert.deepEqual(
      spec?.egress?.map(({ toEntities }) => toEntities),
      [["host", "remote-node"], ["kube-apiserver"]],
    );
  });

  it("nothing where a plain policy says it all", () => {
    const plain = compileLoosely([shopkeeper], { ...BASE, actors: [...BASE.actors, operator, kubelets] });
    assert.deepEqual(ciliumPolicies(plain), []);
  });

  it("and the one width that is left is listed: calls of webhooks may come through any node", () => {
    const listed = widenings(graph).map(({ edge, covers }) => `${edge.from} -> ${edge.to}: ${covers}`);
    assert.deepEqual(listed, [
      "platform/kubernetes-api -> platform/operator: every node, with everything on the nodes' own network",
      "platform/operator -> platform/kubelets: every node, with everything on the nodes' own network",
    ]);
    assert.deepEqual(proof(graph), []);
  });

  it("which `why` quotes by its kind and line", () => {
    const { open, sides } = why(graph, ["service/a", "external/stripe"]);
    assert.deepEqual(open, [tcp(443)]);
    assert.deepEqual(
      sides[0].rules.map(({ kind, policy: name, path }) => `${kind} ${name} ${path}`),
      ["CiliumNetworkPolicy a-service/service-a spec.egress[1]"],
    );
  });
});

describe("Cilium's semantics", () => {
  const pod = { namespace: "x", labels: { app: "x" } };
  const self: Endpoint = { address: 1, pod };
  const everywhere = new PolicyIndex(
    [
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "all", namespace: "x" },
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [] }],
        },
      },
    ],
    CILIUM,
  );
  const reaches = (other: Endpoint): boolean => everywhere.allows("egress", self, other, tcp(443));

  it("no range means a pod, a node or the API server, whatever their address", () => {
    assert.ok(reaches({ address: 9 }));
    assert.ok(!reaches({ address: 9, pod: { namespace: "y", labels: {} } }));
    assert.ok(!reaches({ address: 9, entity: "remote-node" }));
    assert.ok(!reaches({ address: 9, entity: "kube-apiserver" }));
  });

  it("a star stands within one label", () => {
    assert.ok(nameMatches("*.example.com", "www.example.com"));
    assert.ok(!nameMatches("*.example.com", "example.com"));
    assert.ok(!nameMatches("*.example.com", "a.b.example.com"));
    assert.ok(!nameMatches("a.example.com", "axexample.com"));
    assert.ok(namesMeet("*.example.com", "www.example.com") && namesMeet("www.example.com", "*.example.com"));
    assert.equal(exampleName("*.example.com"), "any.example.com");
  });
});

describe("the shop on Azure's landscape", function () {
  this.timeout(120_000);

  it("reaches what its graph says, and nothing else", () => {
    const shop = compileStack(onAzure("prod", LARGE));
    assert.equal(shop.landscape.dialect.name, "cilium");
    assert.deepEqual(proof(shop).slice(0, 5), []);
    assert.ok(sizeOf(shop) > 10_000, `${sizeOf(shop)} pairs`);
  });

  it("calls Stripe and Azure by name, not the internet", () => {
    const shop = compileStack(onAzure("prod", LARGE));
    const wide = widenings(shop).filter(({ ranges }) => ranges.some((range) => range.endsWith("/0")));
    const ways = [...new Set(wide.map(({ edge, covers }) => `${edge.from} ${edge.to}: ${covers}`))];
    assert.deepEqual(
      ways,
      ["platform/clients edge/kong: platform/network-resolver"],
      "clients come in; nobody goes out",
    );
  });
});
