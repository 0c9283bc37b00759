import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { difference, differenceJson, differenceText } from "../../graph/export/difference";
import { type GraphDocument, graphDocument, graphJson } from "../../graph/export/json";
import { mermaid } from "../../graph/export/mermaid";
import { layOut, BOX } from "../../graph/export/layout";
import { pictureOf } from "../../graph/export/picture";
import { svg } from "../../graph/export/svg";
import { type Graph } from "../../graph/model";
import { compileStack } from "../../stacks/compile";
import { readStackFile } from "../../stacks/stack-file";

const ROOT = join(__dirname, "..", "..", "..");
const shop = (stack: string): Graph => compileStack(readStackFile(ROOT, stack));
const [dev, prod] = [shop("dev"), shop("prod")];

/** What is committed. KEELSON_GOLDEN=write writes it anew: the difference is then for a person to read. */
function golden(name: string, text: string): void {
  const path = join(ROOT, "test/golden", name);
  if (process.env["KEELSON_GOLDEN"] === "write") writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"), `${name} differs: KEELSON_GOLDEN=write npm test writes it anew`);
}

describe("the graph as JSON", () => {
  it("is what is committed, byte for byte", () => {
    golden("shop-dev.graph.json", graphJson(dev));
    golden("shop-prod.graph.json", graphJson(prod));
  });

  it("is the same for every compilation", () => assert.equal(graphJson(shop("prod")), graphJson(prod)));

  it("has the nodes and edges in order, with the labels of pods only", () => {
    const { nodes, edges } = graphDocument(prod);
    const ids = nodes.map(({ id }) => id);
    assert.deepEqual(ids, ids.toSorted());
    assert.deepEqual(
      nodes.find(({ id }) => id === "service/order"),
      {
        id: "service/order",
        kind: "service",
        namespace: "order-service",
        labels: { "app.kubernetes.io/name": "order", "app.kubernetes.io/part-of": "shop" },
      },
    );
    assert.equal(nodes.find(({ id }) => id === "store/orders")?.labels, null);
    assert.deepEqual(
      edges.filter(({ from, kind }) => from === "service/payment" && kind === "external"),
      [{ from: "service/payment", to: "external/stripe", kind: "external", ports: ["TCP/443"] }],
    );
  });
});

describe("the graph as a picture", () => {
  it("in Mermaid is what is committed, the platform folded away", () => {
    golden("shop-prod.mmd", mermaid(prod));
    assert.doesNotMatch(mermaid(prod), /platform/);
    assert.match(mermaid(prod, { platform: true }), /platform_dns\[\["dns/);
  });

  it("in SVG has every node and line, no scripts, and nothing to load from elsewhere", () => {
    const text = svg(prod);
    for (const { id } of pictureOf(prod).nodes) assert.ok(text.includes(`<title>${id}</title>`), id);
    assert.equal(text.match(/class="line /g)?.length, pictureOf(prod).lines.length);
    assert.doesNotMatch(text.replace("http://www.w3.org/2000/svg", ""), /https?:|<script|@import|url\((?!#)/);
    assert.equal(svg(shop("prod")), text);
  });

  for (const platform of [false, true])
    it(`lays no box over another, and all on the page${platform ? ", with the platform too" : ""}`, () => {
      const { boxes, width, height } = layOut(pictureOf(prod, { platform }));
      for (const a of boxes) {
        assert.ok(a.x >= 0 && a.x + BOX.width <= width && a.y >= BOX.height / 2 && a.y + BOX.height / 2 <= height);
        for (const b of boxes)
          assert.ok(a === b || a.x !== b.x || Math.abs(a.y - b.y) >= BOX.height, `${a.node.id} over ${b.node.id}`);
      }
    });

  it("orders boxes so that lines of the shop do not cross", () => {
    const { routes } = layOut(pictureOf(prod));
    const steps = routes.flatMap(({ through }) =>
      through.slice(1).flatMap((to, index) => {
        const from = through[index];
        return from === undefined || from.x === to.x ? [] : [{ from, to }];
      }),
    );
    const crossing = steps.filter((a) =>
      steps.some((b) => a.from.x === b.from.x && a.to.x === b.to.x && a.from.y < b.from.y && a.to.y > b.to.y),
    );
    assert.deepEqual(crossing, []);
  });

  it("leads no line through a box that it does not belong to", () => {
    const { boxes, routes } = layOut(pictureOf(prod));
    for (const { line, through } of routes)
      for (const { x, y } of through.slice(1, -1))
        for (const box of boxes)
          assert.ok(
            x < box.x || x > box.x + BOX.width || Math.abs(y - box.y) > BOX.height / 2,
            `${line.from} -> ${line.to}`,
          );
  });
});

describe("the difference of two graphs", () => {
  const node = (id: string, namespace: string | null = id) => ({ id, kind: "service", namespace, labels: null });
  const edge = (from: string, to: string, kind: string, ...ports: string[]) => ({ from, to, kind, ports });
  const before: GraphDocument = {
    stack: "prod",
    nodes: [node("edge/alb"), node("service/a"), node("service/b"), node("store/s"), node("service/old")],
    edges: [
      edge("edge/alb", "service/a", "route", "TCP/8080"),
      edge("service/b", "store/s", "store", "TCP/5432"),
      edge("service/old", "store/s", "store", "TCP/5432"),
    ],
  };
  const after: GraphDocument = {
    stack: "prod",
    nodes: [node("edge/alb"), node("service/a"), node("service/b", "elsewhere"), node("store/s"), node("service/new")],
    edges: [
      edge("edge/alb", "service/a", "route", "TCP/8080"),
      edge("edge/alb", "service/new", "route", "TCP/8080"),
      edge("service/a", "service/b", "call", "TCP/8080"),
      edge("service/b", "store/s", "store", "TCP/5432", "TCP/9000"),
    ],
  };

  it("says who newly reaches whom, what is public and what lies behind it", () => {
    assert.equal(
      differenceText(difference(before, after)),
      [
        "+ public: service/new is now served to everybody",
        "+ reach: edge/alb -> service/new on TCP/8080",
        "+ reach: service/a -> service/b on TCP/8080",
        "+ reach: service/b -> store/s on TCP/9000",
        "+ exposed: service/b now lies behind the public edge, directly or through others",
        "+ exposed: service/new now lies behind the public edge, directly or through others",
        "+ exposed: store/s now lies behind the public edge, directly or through others",
        "+ node: service/new",
        "~ node: service/b has another namespace or other labels",
        "- reach: service/old -> store/s on TCP/5432",
        "- node: service/old",
        "",
      ].join("\n"),
    );
    assert.deepEqual(JSON.parse(differenceJson(difference(before, after))), difference(before, after));
  });

  it("backwards takes away what forwards gives", () => {
    const [there, back] = [difference(before, after), difference(after, before)];
    assert.deepEqual(there.newlyReachable, back.noLongerReachable);
    assert.deepEqual(there.newlyPublic, back.noLongerPublic);
    assert.deepEqual(there.addedNodes, back.removedNodes);
  });

  it("of equal graphs is none", () =>
    assert.equal(
      differenceText(difference(graphDocument(prod), graphDocument(shop("prod")))),
      "no difference: nobody reaches more or less than before\n",
    ));

  it("takes an edge that only changed its kind for no new reach", () => {
    const renamed = { ...after, edges: after.edges.map((each) => ({ ...each, kind: "platform" })) };
    assert.deepEqual(difference(after, renamed).newlyReachable, []);
  });
});
