import assert from "node:assert/strict";
import { roleOf } from "../../components/kubernetes/object-set";
import { ownedBy } from "../../components/delivery/owned";
import type { Manifest } from "../../graph/manifest";
import { groupedBy } from "../../graph/once";
import type { Settings } from "../../stacks/schema";
import { readStackFile, stackNames } from "../../stacks/stack-file";
import { ROOT } from "../architecture/sources";
import { DEV, PROD } from "../objects/stacks";
import type { Subject } from "../parity/combinations";
import { describe as told, deviationsIn, idle, isNamed, readPromised, type Told } from "../parity/compare";
import { type Judged, promiseLines } from "../parity/promises";
import { Checkout } from "../support/checkout";
import { goldenLines, lineDifference } from "../support/golden";
import { needsEngine } from "../support/toy";

interface Planned {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | null;
  readonly dependencies: readonly string[];
}

interface PlanDocument {
  readonly stack: string;
  readonly resources: readonly Planned[];
  readonly verdicts: Readonly<Record<string, Judged & { readonly verdict: string }>>;
  readonly unexpanded: readonly { readonly urn: string; readonly chart: string }[];
}

/** Every stack of the repository. */
const STACKS = stackNames(ROOT);

const subjectOf = ({ system, stage, stack, provider, edge }: Settings): Subject => ({
  ...{ system, stage, stack, cloud: provider, edge: edge.kind },
  routes: "routes" in edge ? edge.routes : "portable",
});

/** Objects of the cluster that a plan registers, by the name the program gives them. */
const objectNames = ({ resources }: PlanDocument): ReadonlySet<string> =>
  new Set(resources.map(({ name }) => name.replace(/^(objects|foundation)-/, "")));

describe("what the engine would register", function () {
  this.timeout(300_000);
  let checkout: Checkout;
  const plans = new Map<string, PlanDocument>();
  before(needsEngine);
  before(async () => {
    checkout = await Checkout.make();
    for (const stack of STACKS) plans.set(stack, await plan(stack));
    checkout.edit("prod", (text) =>
      text.replace(/ {2}keelson:delivery:[\s\S]*/, "  keelson:delivery: { by: pulumi }\n"),
    );
    plans.set("prod by pulumi", await plan("prod"));
  });
  after(() => checkout?.remove());

  async function plan(stack: string): Promise<PlanDocument> {
    const { code, out, notes } = await checkout.keelson("plan", "-s", stack, "--json");
    assert.equal(code, 0, notes);
    return JSON.parse(out) as PlanDocument;
  }

  const planOf = (name: string): PlanDocument => {
    const found = plans.get(name);
    assert.ok(found !== undefined, name);
    return found;
  };

  for (const stack of STACKS)
    it(`is the committed list of URNs, for ${stack}`, () => {
      const urns = planOf(stack).resources.map(({ urn }) => urn);
      goldenLines(`${stack}.urns.txt`, urns, "engine/golden");
    });

  it("would show a URN that came and one that went", () => {
    assert.deepEqual(lineDifference(["a", "b"], ["b", "c"]), ["- a", "+ c"]);
  });

  for (const stack of STACKS)
    it(`is one document with a verdict for every URN and a name for every closed chart, for ${stack}`, () => {
      const found = planOf(stack);
      for (const key of ["stack", "resources", "verdicts", "unexpanded"]) assert.ok(key in found, key);
      assert.equal(found.stack, stack);
      const urns = found.resources.map(({ urn }) => urn);
      assert.deepEqual(urns, [...new Set(urns)].toSorted());
      assert.deepEqual(Object.keys(found.verdicts).toSorted(), urns);
      assert.deepEqual(Object.keys(found.resources[0] ?? {}), ["urn", "type", "name", "parent", "dependencies"]);
      const charts = found.resources.filter(({ type }) => type.endsWith(":Chart") && type.startsWith("kubernetes:"));
      assert.deepEqual(
        found.unexpanded.map(({ urn }) => urn),
        charts.map(({ urn }) => urn),
      );
    });

  it("depends on nothing that it does not register itself", () => {
    for (const stack of STACKS) {
      const { resources } = planOf(stack);
      const known = new Set(resources.map(({ urn }) => urn));
      const named = resources.flatMap(({ dependencies, parent }) => [
        ...dependencies,
        ...(parent === null ? [] : [parent]),
      ]);
      assert.ok(named.length > resources.length);
      assert.deepEqual(
        named.filter((urn) => !known.has(urn)),
        [],
      );
    }
  });

  it("keeps the same promises of the clouds' own resources in every place, but for what is named", () => {
    const subjects = STACKS.map((stack) => subjectOf(readStackFile(ROOT, stack)));
    const groups = [...groupedBy(subjects, ({ system, stage }) => `${system} ${stage}`).values()];
    const found = groups.flatMap((group) =>
      deviationsIn(
        "promises",
        group.map((subject) => ({ subject, has: promisesOf(subject) })),
      ),
    );
    const differences = readPromised();
    const unnamed = found.filter((deviation) => !isNamed(differences, deviation)).map(told);
    assert.deepEqual(unnamed, [], unnamed.join("\n"));
    assert.deepEqual(idle(differences, found), [], "these differences no longer occur");
  });

  const promisesOf = ({ stack, cloud }: Subject): Told["has"] =>
    new Map(promiseLines(cloud, Object.values(planOf(stack).verdicts)).map((text) => [text, { text }]));

  const names = (owner: "pulumi" | "delivery", stack = PROD): readonly string[] =>
    ownedBy(owner, stack.objects).map(({ manifest }) => roleOf(manifest));

  it("is apart from what Argo CD applies, in the engine's own list", () => {
    const registered = objectNames(planOf("prod"));
    const delivered = names("delivery");
    assert.ok(delivered.length > 50);
    assert.deepEqual(
      delivered.filter((name) => registered.has(name)),
      [],
    );
    assert.deepEqual(
      names("pulumi").filter((name) => !registered.has(name)),
      [],
    );
  });

  it("is everything where Pulumi delivers, and then Argo CD is not there at all", () => {
    const isApplication = ({ manifest }: { readonly manifest: Manifest }): boolean => manifest.kind === "Application";
    const taken = ownedBy("delivery", PROD.objects).filter((owned) => !isApplication(owned));
    const byPulumi = objectNames(planOf("prod by pulumi"));
    assert.deepEqual(
      taken.map(({ manifest }) => roleOf(manifest)).filter((name) => !byPulumi.has(name)),
      [],
    );
    assert.deepEqual(
      [...byPulumi].filter((name) => name.includes("argocd") || name.includes("argo-cd")),
      [],
    );
    assert.deepEqual(names("delivery", DEV), []);
  });
});
