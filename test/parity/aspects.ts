/**
 * What must be the same wherever a system runs, each thing as one line of text: what the settings say, what
 * the edge does, who reaches whom, how each rule judges each kind of object, what is measured, and what is saved.
 */
import { type Combination } from "./combinations";
import { backupOf } from "./backup";
import { entranceOf } from "./entrance";
import { postureOf } from "./posture";
import { reachOf } from "./reach";
import { settingsOf } from "./settings-lines";
import { telemetryOf } from "./telemetry";

export interface Line {
  readonly text: string;
  /** Another line of the aspect: only places that have it are compared. @default - all places */
  readonly among?: string;
}

const plain = (lines: (combination: Combination) => readonly string[]) => (combination: Combination) =>
  lines(combination).map((text): Line => ({ text: withoutNames(text, combination) }));

/** Each stack has hosts and a name of its own, which is no difference. */
function withoutNames(text: string, { settings: { edge, delivery, stack } }: Combination): string {
  const hosts = text.replaceAll(edge.host, "HOST");
  if (delivery.by === "pulumi") return hosts;
  return hosts.replaceAll(delivery.signOn.host, "DELIVERY").replaceAll(`rendered/${stack}`, "rendered/STACK");
}

export const ASPECTS = {
  settings: plain(settingsOf),
  entrance: plain(entranceOf),
  reach: plain(reachOf),
  posture: postureOf,
  telemetry: plain(telemetryOf),
  backup: plain(backupOf),
} as const satisfies Readonly<Record<string, (combination: Combination) => readonly Line[]>>;

export type Aspect = keyof typeof ASPECTS;
