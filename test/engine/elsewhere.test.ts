/** Stacks that nobody commits: what stands in for production elsewhere, its rehearsal, and the way back, as the pack judges them. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { regionalOf } from "../../embedded/standin/regional";
import { rehearsalName, rehearsalSettings } from "../../drill/real/rehearsal";
import {
  type Loss,
  recoveryRegion,
  recoverySettings,
  recoveryStackName,
  returningSettings,
  returnStackName,
} from "../../stacks/recovery-stack";
import { recoverySiteOf } from "../../stacks/recovery-sites";
import { type Settings } from "../../stacks/schema";
import { type Raw, readSettings } from "../../stacks/settings";
import { readStackFile, stackText } from "../../stacks/stack-file";
import { Checkout } from "../support/checkout";

interface Judged {
  readonly verdicts: Readonly<
    Record<string, { readonly violations: readonly { enforcement: string; rule: string }[] }>
  >;
}

/** What is known of a loss: the zones there, and a backup of each managed database. */
const lossOf = (settings: Settings, restored: boolean): Loss => {
  const region = recoveryRegion(settings);
  const names = Object.keys(recoverySiteOf(settings).databases);
  return {
    zones: regionalOf(settings).zonesOf(region).slice(0, 3),
    databases: Object.fromEntries(
      names.map((name) => [name, `arn:aws:rds:${region}:222222222222:auto-backup:ab-${name}`]),
    ),
    restored,
  };
};

describe("a stack made from production's settings is let through by the policy pack", function () {
  this.timeout(300_000);
  let checkout: Checkout;
  before(async () => (checkout = await Checkout.make()));
  after(() => checkout.remove());

  async function forbidden(stack: string, raw: Raw): Promise<readonly string[]> {
    writeFileSync(join(checkout.folder, `Pulumi.${stack}.yaml`), stackText(raw));
    const { code, out, notes } = await checkout.keelson("plan", "-s", stack, "--json");
    assert.equal(code, 0, notes);
    return Object.entries((JSON.parse(out) as Judged).verdicts).flatMap(([object, { violations }]) =>
      violations.filter(({ enforcement }) => enforcement === "mandatory").map(({ rule }) => `${object}: ${rule}`),
    );
  }

  for (const stack of ["prod", "payments-prod", "payments-eks-prod"]) {
    const settings = (): Settings => readStackFile(checkout.folder, stack);
    const standIn = (): Settings =>
      readSettings(recoveryStackName(stack), recoverySettings(settings(), lossOf(settings(), true)));
    const copied = (): Raw => returningSettings(standIn(), settings().cloud.region);

    it(`${recoveryStackName(stack)}, which stands in`, async () => {
      const raw = recoverySettings(settings(), lossOf(settings(), false));
      assert.deepEqual(await forbidden(recoveryStackName(stack), raw), []);
    });

    it(`${rehearsalName(stack)}, which tries that`, async () => {
      const raw = rehearsalSettings(settings(), lossOf(settings(), false));
      assert.deepEqual(await forbidden(rehearsalName(stack), raw), []);
    });

    it(`${recoveryStackName(stack)}, copied to where it came from`, async () => {
      assert.deepEqual(await forbidden(recoveryStackName(stack), copied()), []);
    });

    it(`${returnStackName(stack)}, which goes back`, async () => {
      const from = readSettings(recoveryStackName(stack), copied());
      const raw = recoverySettings(from, lossOf(from, false), returnStackName(stack));
      assert.deepEqual(await forbidden(returnStackName(stack), raw), []);
    });
  }
});
