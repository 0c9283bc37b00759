/**
 * Takes away each security setting of the program, one at a time, judges the whole stack, and wants the named rule to notice.
 * Rules over one object are pure, so only the changed object is judged by them anew; rules over the stack judge all of it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { judgeAlone, judgeAmong, type Ruling } from "../../policies/court";
import { fromResource, type PolicyObject } from "../../policies/object";
import type { StackResource } from "../../policies/recorder";
import { isObjectRule, isStackRule, RULES } from "../../policies/rules/all";
import { Stack } from "../../policies/stack";
import { type Rulings, type Terms, verdictDocument, type VerdictDocument, waiverFor } from "../../policies/verdicts";
import { readWaivers } from "../../policies/waiver";
import { type Settings } from "../../stacks/schema";
import { readStackFile } from "../../stacks/stack-file";
import { type Setting, type StackName, stripped } from "./support/settings";
import { AZURE_SETTINGS } from "./support/settings-azure";
import { CLOUD_SETTINGS } from "./support/settings-cloud";
import { CLUSTER_SETTINGS } from "./support/settings-cluster";
import { TODAY } from "./support/trial";
import { linksOf, registeredStack } from "./support/whole-stack";

const ROOT = join(__dirname, "../../..");
const SETTINGS: readonly Setting[] = [...CLUSTER_SETTINGS, ...CLOUD_SETTINGS, ...AZURE_SETTINGS];
const WAIVERS = readWaivers(join(ROOT, "policies", "waivers.json"));
const [ALONE, AMONG] = [RULES.filter(isObjectRule), RULES.filter(isStackRule)];

/** What is known of each resource by itself, by its identity: copies of a stack share most of theirs. */
const known = new Map<StackResource, { readonly object: PolicyObject; readonly rulings: readonly Ruling[] }>();

function alone(resource: StackResource) {
  const object = fromResource(resource);
  const found = known.get(resource) ?? { object, rulings: judgeAlone(object, ALONE) };
  known.set(resource, found);
  return found;
}

function rulingsOf(resources: readonly StackResource[]): Rulings {
  const each = resources.map(alone);
  const stack = new Stack(
    each.map(({ object }) => object),
    linksOf(resources),
  );
  return new Map(each.map(({ object, rulings }) => [object, [...rulings, ...judgeAmong(object, stack, AMONG)]]));
}

/** The stack of the repository that each is made of. */
const FILES: Readonly<Record<StackName, string>> = {
  dev: "dev",
  prod: "prod",
  argocd: "prod",
  azure: "payments-prod",
};

const termsOf = (name: StackName): Terms => ({
  stage: name === "dev" ? "dev" : "prod",
  stackName: FILES[name],
  waivers: WAIVERS,
  today: TODAY,
  complete: true,
});

const rulesIn = ({ objects }: VerdictDocument): readonly string[] =>
  objects.flatMap(({ id, violations }) => violations.map(({ rule }) => `${rule} ${id}`));

describe("the security settings of the program", function () {
  this.timeout(120_000);
  const stacks = new Map<StackName, readonly StackResource[]>();

  before(async () => {
    for (const name of ["dev", "argocd"] as const)
      stacks.set(name, await registeredStack(FILES[name], readStackFile(ROOT, FILES[name])));
    for (const name of ["prod", "azure"] as const) {
      const settings: Settings = { ...readStackFile(ROOT, FILES[name]), delivery: { by: "pulumi" } };
      stacks.set(name, await registeredStack(FILES[name], settings));
    }
  });

  for (const name of ["dev", "argocd", "prod", "azure"] as const)
    it(`leave nothing violated in ${name}, and every waiver in use`, () => {
      const document = verdictDocument(rulingsOf(stacks.get(name) ?? []), termsOf(name));
      assert.ok(document.objects.length > 200);
      assert.deepEqual([rulesIn(document), document.stack.violations], [[], []]);
    });

  it("are each missed by the rule that is there for it", function () {
    const survivors = SETTINGS.filter((setting) => !isMissed(setting, stacks.get(setting.stack) ?? []));
    const caught = SETTINGS.length - survivors.length;
    console.log(`      ${caught} of ${SETTINGS.length} settings caught by the expected rule`);
    assert.deepEqual(
      survivors.map(({ name, rule }) => `${name}: ${rule}`),
      [],
    );
  });

  it("have names of their own where they are of the same object", () => {
    const names = SETTINGS.map(({ at, name, stack }) => [stack, ...at, name].join(" "));
    assert.equal(new Set(names).size, names.length);
  });
});

/** Whether the expected rule finds something that no waiver takes away. */
const isMissed = (setting: Setting, stack: readonly StackResource[]): boolean =>
  [...rulingsOf(stripped(stack, setting))].some(([object, rulings]) =>
    rulings.some(
      (ruling) =>
        ruling.rule.id === setting.rule &&
        ruling.finding.outcome === "violated" &&
        waiverFor(ruling, object, termsOf(setting.stack)) === undefined,
    ),
  );
