/** What may happen to a stack in ordinary life, as data, and random sequences of it. Pure. */
import { type Chance } from "./chance";
import { FIRST, type Shape } from "./system";

type Fails = "throttled" | "failed";

export type Step =
  /** Brings the stack to the shape that is wished. */
  | { readonly do: "up" }
  /** Wishes another shape and brings the stack to it. */
  | { readonly do: "change"; readonly to: Shape }
  /** `up` whose engine is killed at its nth operation; with `all`, the process that runs it as well. */
  | { readonly do: "crash"; readonly at: number; readonly all: boolean; readonly to: Shape }
  /** `up` in which the answer to one creation never arrives, and whose engine is then killed. */
  | { readonly do: "lost answer"; readonly type: string; readonly to: Shape }
  /** So many calls of a kind fail from now on. */
  | {
      readonly do: "fault";
      readonly op: "create" | "update" | "delete" | "read";
      readonly times: number;
      readonly how: Fails;
    }
  /** Somebody deletes one object in the console: the nth of those nothing else needs. */
  | { readonly do: "vanish"; readonly where: "cloud" | "cluster"; readonly nth: number }
  | { readonly do: "refresh" }
  | { readonly do: "down" }
  /** `down` whose engine is killed at its nth operation. */
  | { readonly do: "crashing down"; readonly at: number };

const shape = (chance: Chance): Shape => ({
  network: chance.between(1, 2),
  subnets: chance.between(1, 3),
  tag: chance.between(1, 3),
  release: chance.between(1, 3),
  replicas: chance.between(1, 3),
  level: chance.between(1, 2),
  more: chance.next() < 0.5,
});

const CREATED = ["aws:s3/bucket:Bucket", "aws:ec2/eip:Eip", "aws:ec2/vpc:Vpc", "aws:iam/role:Role"] as const;

const DRAWN: Readonly<Record<Step["do"], (chance: Chance) => Step>> = {
  up: () => ({ do: "up" }),
  change: (chance) => ({ do: "change", to: shape(chance) }),
  crash: (chance) => ({ do: "crash", at: chance.between(1, 14), all: chance.next() < 0.5, to: shape(chance) }),
  "lost answer": (chance) => ({ do: "lost answer", type: chance.of(CREATED), to: shape(chance) }),
  fault: (chance) => ({
    do: "fault",
    op: chance.of(["create", "update", "delete", "read"]),
    times: chance.between(1, 3),
    how: chance.of(["throttled", "failed"]),
  }),
  vanish: (chance) => ({ do: "vanish", where: chance.of(["cloud", "cluster"]), nth: chance.between(0, 9) }),
  refresh: () => ({ do: "refresh" }),
  down: () => ({ do: "down" }),
  "crashing down": (chance) => ({ do: "crashing down", at: chance.between(1, 10) }),
};

const BEGINNINGS = [
  [1, "up"],
  [1, "change"],
  [2, "crash"],
  [1, "lost answer"],
] as const;

const HAPPENINGS = [
  [2, "up"],
  [4, "change"],
  [4, "crash"],
  [2, "lost answer"],
  [3, "fault"],
  [3, "vanish"],
  [1, "refresh"],
  [1, "down"],
  [1, "crashing down"],
] as const;

/** Three to six steps, of which the first makes something; what breaks things comes more often than what mends them. */
export function sequence(chance: Chance): readonly Step[] {
  const first = DRAWN[chance.weighted<Step["do"]>(BEGINNINGS)](chance);
  const more = chance.between(2, 5);
  return [first, ...Array.from({ length: more }, () => DRAWN[chance.weighted<Step["do"]>(HAPPENINGS)](chance))];
}

/** The shape that is wished after a step. */
export const wishedAfter = (step: Step, before: Shape): Shape => ("to" in step ? step.to : before);

export const wishedFirst = FIRST;

const difference = (to: Shape): string =>
  Object.entries(to)
    .filter(([name, value]) => Reflect.get(FIRST, name) !== value)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ") || "the first shape";

/** A step in a few words. */
export function told(step: Step): string {
  switch (step.do) {
    case "change":
      return `change to ${difference(step.to)}`;
    case "crash":
      return `kill ${step.all ? "everything" : "the engine"} at operation ${step.at} of a change to ${difference(step.to)}`;
    case "lost answer":
      return `lose the answer to the creation of a ${step.type} in a change to ${difference(step.to)}`;
    case "fault":
      return `${step.times} ${step.op} calls ${step.how}`;
    case "vanish":
      return `delete object ${step.nth} of the ${step.where} behind the engine's back`;
    case "crashing down":
      return `kill the engine at operation ${step.at} of a down`;
    default:
      return step.do;
  }
}
