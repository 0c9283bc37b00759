/** Judges samples as a whole stack, the way the engine would show them to the pack. */
import { Recorder, type StackResource } from "../../../policies/recorder";
import type { ObjectVerdict, VerdictDocument } from "../../../policies/verdicts";
import { NO_WAIVERS, type WaiverFile } from "../../../policies/waiver";
import { described, urnOf, type Sample } from "./samples";

export const TODAY = "2026-11-21";

/** Observes every sample, then concludes with empty properties, as the engine does while a cluster is not known. */
export function tried(samples: readonly Sample[], waivers: WaiverFile = NO_WAIVERS): VerdictDocument {
  const recorder = new Recorder({ stage: "prod", waivers, today: TODAY });
  for (const sample of samples) recorder.observe(described(sample));
  return recorder.conclude(samples.map((sample) => stackResource(sample, samples)));
}

const stackResource = (sample: Sample, samples: readonly Sample[]): StackResource => ({
  ...described(sample),
  props: {},
  propertyDependencies: Object.fromEntries(
    Object.entries(sample.uses ?? {}).map(([property, name]) => [
      property,
      samples.filter((other) => other.name === name).map((other) => ({ urn: urnOf(other) })),
    ]),
  ),
});

/** The verdict of the first sample. */
export function verdictOf(samples: readonly Sample[]): ObjectVerdict {
  const [first] = samples;
  const verdict = tried(samples).objects.find(({ urn }) => first !== undefined && urn === urnOf(first));
  if (verdict === undefined) throw new Error("the first sample got no verdict");
  return verdict;
}

export const broken = ({ violations }: ObjectVerdict): readonly string[] =>
  [...new Set(violations.map(({ rule }) => rule))].sort();
