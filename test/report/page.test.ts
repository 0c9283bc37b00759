import assert from "node:assert/strict";
import { svg } from "../../graph/export/svg";
import { type ObjectVerdict } from "../../embedded/engine/records";
import { escaped, html, trusted } from "../../cli/report/html";
import { page } from "../../cli/report/page";
import { coverage, ruleStates } from "../../cli/report/standards";
import { nodeOf } from "../../cli/report/picture";
import { RULES } from "../../policies/rules/all";
import { browser, look } from "./browser";
import { broken, inputOf, stackNamed, verdictsOn } from "./pages";

const dev = stackNamed("dev");
const prod = stackNamed("prod");
/** Blanks between elements say nothing. */
const tight = (text: string): string => text.replace(/\s+/g, " ").replace(/> </g, "><");

const clean = tight(page(inputOf(prod, verdictsOn(prod))));
const violating = tight(page(inputOf(dev, verdictsOn(dev, broken))));

const HOSTILE = `</style><script>console.error("ran")</script><img src="http://evil.invalid/x" onerror="console.error(1)">'"&`;

/** One object whose every text is hostile. */
const hostile: ObjectVerdict = {
  urn: `urn:pulumi:dev::keelson::x:y:${HOSTILE}::${HOSTILE}`,
  verdict: "violated",
  kind: HOSTILE,
  name: HOSTILE,
  namespace: HOSTILE,
  violations: [
    {
      rule: HOSTILE,
      category: "pod",
      severity: HOSTILE,
      enforcement: "mandatory",
      standards: [HOSTILE],
      path: HOSTILE,
      message: HOSTILE,
      remedy: HOSTILE,
    },
  ],
  undecided: [{ rule: HOSTILE, path: HOSTILE, message: HOSTILE }],
  unchecked: [{ message: HOSTILE }],
  waived: [],
  judged: [],
};

const waived = (expires: string): ObjectVerdict["waived"][number] => ({
  ...hostile.violations[0]!,
  waiver: { reason: HOSTILE, owner: HOSTILE, expires },
});

const infected = tight(
  page(
    inputOf(
      dev,
      [hostile, { ...hostile, verdict: "unchecked", waived: [waived("2027-01-01"), waived("2026-12-01")] }],
      {
        unexpanded: [{ urn: "u", chart: HOSTILE, version: HOSTILE, repository: HOSTILE, reason: HOSTILE }],
        ofStack: hostile.violations,
      },
    ),
  ),
);

const section = (text: string, id: string): string =>
  new RegExp(`<section id="${id}">([\\s\\S]*?)</section>`).exec(text)?.[1] ?? "";

describe("the report page", () => {
  it("escapes every text it is given, and lets only its own markup through", () => {
    assert.equal(
      html`<a title="${`"><b>`}">${["<i>", 3, trusted("<hr>")]}</a>`.text,
      '<a title="&quot;&gt;&lt;b&gt;">&lt;i&gt;3<hr></a>',
    );
    for (const forbidden of [/<script/, /<img/]) assert.doesNotMatch(infected, forbidden);
    assert.ok(infected.includes(escaped(HOSTILE)));
  });

  it("needs nothing but itself, and may not load or run anything", () => {
    for (const text of [clean, violating]) {
      assert.match(
        text,
        /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;/,
      );
      assert.doesNotMatch(text, /<(script|link|img|iframe|object)\b|@import|url\((?!#)|\bsrc=/);
    }
  });

  it("is the same bytes for the same plan on the same day", () => {
    assert.equal(tight(page(inputOf(prod, verdictsOn(prod)))), clean);
  });

  it("says whether `up` goes on", () => {
    assert.match(clean, /<p class="verdict good"> ?Nothing that must hold is violated/);
    assert.match(violating, /<p class="verdict bad"> ?\d+ must hold and do not/);
  });

  it("shows violations with why, remedy, link, object, field and the line to mend", () => {
    const text = section(violating, "violations");
    assert.match(
      text,
      /<code>network-ingress-covered<\/code>[\s\S]*until a policy selects it[\s\S]*<b>mend<\/b> add a Netw/,
    );
    assert.match(
      text,
      /<b>Deployment user-service\/user<\/b> ?<code>[\w.]+<\/code> ?<span class="faint">services\/shop\/user\.ts:\d+</,
    );
    assert.doesNotMatch(section(clean, "violations"), /class="finding must"/);
    assert.match(section(page(inputOf(prod, [])), "violations"), /None\./);
  });

  it("draws the graph with what was found on it, and names what no picture shows", () => {
    const text = section(violating, "graph");
    assert.match(text, /<title>service\/user: \d+ must hold and do not<\/title>[\s\S]*?<circle class="mark mark-must"/);
    assert.equal(text.match(/<circle class="mark /g)?.length, 1);
    assert.match(text, /Not on the picture[\s\S]*<b>cluster<\/b> 1 must hold/);
    assert.doesNotMatch(section(clean, "graph"), /<circle class="mark mark-must/);
  });

  it("leaves the graph as it is drawn elsewhere when there is nothing to mark", () => {
    assert.doesNotMatch(svg(prod.graph), /class="mark/);
  });

  it("puts objects of stores and of the edge on their boxes", () => {
    const { subjects } = inputOf(dev, verdictsOn(dev));
    const nodes = new Set(subjects.map((subject) => nodeOf(subject, dev.graph)));
    for (const id of ["service/order", "store/orders", "store/sessions", "edge/alb"]) assert.ok(nodes.has(id), id);
  });

  it("tables verdicts by service and category", () => {
    const rows = section(violating, "verdicts").match(/<tr>.*?<\/tr>/g) ?? [];
    const user = rows.find((row) => row.includes("service user")) ?? "";
    assert.match(user, /<td class="cell must" title="[^"]+; (\d+) must[^"]*">\1 must<\/td>/);
    assert.match(rows.find((row) => row.includes(">backup<")) ?? "", /class="cell waived"[^>]*>1 waived</);
  });

  it("lists waivers by expiry, with the days they still hold", () => {
    assert.match(
      section(clean, "waivers"),
      /<time datetime="2027-05-31">[\s\S]*187 days left[\s\S]*Namespace velero[\s\S]*platform/,
    );
    const days = [...section(infected, "waivers").matchAll(/datetime="([\d-]+)"/g)].map(([, day]) => day);
    assert.deepEqual(days, ["2026-12-01", "2027-01-01"]);
    assert.match(section(infected, "waivers"), /<small class="soon">6 days left/);
  });

  it("lists what is undecided and unchecked, with the reasons, and charts", () => {
    assert.match(section(infected, "undecided"), /class="finding open"/);
    const text = section(clean, "unchecked");
    assert.match(
      text,
      /no rule knows this kind[\s\S]*<b>\d+<\/b> ServiceAccount[\s\S]*velero 11\.0\.0<\/b> ?<span class="faint">no network/,
    );
  });

  it("covers the standards by rules, each as it stands", () => {
    const states = ruleStates(inputOf(dev, verdictsOn(dev, broken)).subjects);
    assert.equal(states.length, RULES.length);
    const ingress = states.find(({ rule }) => rule.id === "network-ingress-covered");
    assert.equal(ingress?.violated, 1);
    for (const one of coverage(states)) {
      assert.equal(
        Object.values(one.standings).reduce((sum, many) => sum + many, 0),
        one.rules,
      );
    }
    const names = coverage(states).map(({ standard }) => standard);
    for (const wanted of ["pss-baseline", "pss-restricted", "nsa", "cis-eks", "cis-aks"] as const)
      assert.ok(names.includes(wanted));
    assert.match(
      section(violating, "rules"),
      /<code>network-ingress-covered<\/code>[\s\S]*?<td class="cell must"[^>]*>violated</,
    );
  });
});

/**
 * The page in a frame of this width, because a window is never narrower than 500 pixels, with a script that tells how wide
 * its contents are; its own policy would not let that run.
 */
function framed(text: string, width: number): string {
  const script = "<script>parent.document.title=`${document.documentElement.scrollWidth} of ${innerWidth}`</script>";
  const page = text.replace(/<meta http-equiv[^>]*>/, "").replace("</body>", () => `${script}</body>`);
  return `<!doctype html><body style="margin:0"><iframe style="border:0" width="${width}" height="900" srcdoc="${escaped(page)}"></iframe>`;
}

describe("the report page in Chromium", function () {
  this.timeout(120_000);
  before("needs chromium on the PATH", function () {
    if (browser() !== undefined) return;
    console.log("  skipped: no chromium on the PATH; `apt-get install chromium` brings it");
    this.skip();
  });

  for (const [name, text] of Object.entries({ clean, violating, infected }))
    it(`is all there when it is ${name}, complains of nothing and asks the network for nothing`, () => {
      const { dom, console: said, requests } = look(text, 1280);
      assert.deepEqual([said, requests], [[], []]);
      const ids = [...dom.matchAll(/<section id="(\w+)">/g)].map(([, id]) => id);
      assert.deepEqual(ids, ["violations", "graph", "verdicts", "waivers", "undecided", "unchecked", "rules"]);
      assert.doesNotMatch(dom, /<script|<img/);
    });

  it("would be seen to complain and to ask", () => {
    const bad = clean.replace("<main>", '<main><img src="http://evil.invalid/x">');
    assert.ok(look(bad, 1280).console.some((line) => /Content Security Policy/.test(line)));
    const open = bad.replace(/<meta http-equiv[^>]*>/, "");
    assert.deepEqual(look(open, 1280).requests, ["http://evil.invalid/x"]);
  });

  for (const width of [1280, 400])
    it(`fits ${width} pixels without scrolling sideways`, () => {
      const title = /<title>(\d+) of (\d+)</.exec(look(framed(violating, width), 1400).dom);
      const [wide, window] = [Number(title?.[1]), Number(title?.[2])];
      assert.equal(window, width);
      assert.ok(wide <= window, `${wide} of ${window} pixels`);
    });
});
