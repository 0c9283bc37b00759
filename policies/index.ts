/** The policy pack: `pulumi preview --policy-pack policies`. Only starts it; rules are in `rules/`. */
import { PolicyPack } from "@pulumi/policy";
import { stageOf } from "./enforcement";
import { policies } from "./pack";
import { Recorder } from "./recorder";
import { readWaivers, waiverPath } from "./waiver";

const stage = stageOf(process.env);
const file = process.env["KEELSON_VERDICTS"];

const recorder = new Recorder({
  stage,
  waivers: readWaivers(waiverPath(process.env)),
  dryRun: process.env["PULUMI_DRY_RUN"] === "true",
  today: new Date().toISOString().slice(0, 10),
  ...(file === undefined || file === "" ? {} : { file }),
});

new PolicyPack("keelson", { policies: policies(stage, recorder) });
