/** How long a plan would take on a real cloud, from modelled durations: nothing here was measured. Pure. */
import { schedule, type Task } from "../../embedded/makespan";
import { modelledDuration } from "../../embedded/standin/durations";

export interface PlannedTask {
  readonly urn: string;
  readonly type: string;
  readonly parent: string | null;
  readonly dependencies: readonly string[];
}

/** Operations at once, as `keelson` runs the engine. */
const SLOTS = 32;

const taskOf = ({ urn, type, parent, dependencies }: PlannedTask): Task => ({
  urn,
  seconds: modelledDuration(type, "create").p50,
  dependencies: parent === null ? dependencies : [...dependencies, parent],
});

/** Seconds from nothing to everything, by list scheduling. */
export const plannedSeconds = (resources: readonly PlannedTask[]): number =>
  schedule(resources.map(taskOf), SLOTS).makespan;

/** `31 min 20 s` */
export function duration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return minutes === 0 ? `${rest} s` : `${minutes} min ${rest} s`;
}
