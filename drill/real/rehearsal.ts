/**
 * The drill against a real stack: what must be said before anything is prepared, and the throw-away recovery stack of a
 * rehearsal. Keelson itself drives no real cloud: plain Pulumi does, along the runbook. Nothing here deletes a backup, and
 * no stack made here may: it reads the lost region's copies through a location that is read-only.
 */
import { type Problem } from "../../graph/problems";
import { recoverySettings, type Loss } from "../../stacks/recovery-stack";
import { scopeOf } from "../../stacks/scope";
import { type Raw } from "../../stacks/settings";
import { type Settings } from "../../stacks/schema";

export interface RealRequest {
  readonly settings: Settings;
  /** `--real` was given. */
  readonly real: boolean;
  /** What was typed after `--confirm`. */
  readonly confirmed: string | undefined;
}

/** The words that must be typed: they name what is at stake. */
export const confirmation = ({ stack }: Pick<Settings, "stack">): string => `rehearse the loss of ${stack}`;

/** Everything that keeps the request from being carried out. */
export function refusals({ settings, real, confirmed }: RealRequest): readonly Problem[] {
  const wanted = confirmation(settings);
  if (!real && confirmed === undefined) return [];
  if (!real)
    return [
      {
        where: "--confirm",
        got: `"${confirmed}"`,
        want: "--real beside it",
        mend: "write --real, or leave --confirm out",
      },
    ];
  if (confirmed === wanted) return [];
  return [
    {
      where: `keelson drill --real of ${settings.stack}, stage ${settings.stage}, account ${scopeOf(settings).account}`,
      got: confirmed === undefined ? "no confirmation" : `"${confirmed}"`,
      want: `the words "${wanted}"`,
      mend: `write --confirm "${wanted}" if you mean it; without --real the drill runs on this machine and touches no account`,
    },
  ];
}

export const rehearsalName = (stack: string): string => `${stack}-rehearsal`;

/**
 * Settings of the throw-away stack: the recovery stack under public names of its own, so that nobody is sent there, and
 * disposable, so that it goes away whole. Its restored databases are copies; what they were restored from stays.
 */
export function rehearsalSettings(settings: Settings, loss: Loss): Raw {
  const raw = recoverySettings(settings, loss);
  const { edge } = settings;
  const stack = rehearsalName(settings.stack);
  return {
    ...raw,
    edge: { ...edge, host: apart(edge.host) },
    delivery: { by: "pulumi" }, // nothing is pushed to a repository that production is delivered from
    protection: {
      mode: "disposable",
      loses: "A rehearsal: copies of databases and objects, whose originals and backups stay.",
      ...(settings.stage === "prod" ? { confirms: stack } : {}),
    },
  };
}

const apart = (host: string): string => `rehearsal-${host}`;
