/** The document of `keelson check --json`. Pure. */
import { type ObjectVerdict, type VerdictDocument } from "../policies/verdicts";

/** A violation that somebody answers for, and until when. */
export interface WaivedViolation {
  readonly rule: string;
  readonly object: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

export const waivedIn = (objects: readonly Pick<ObjectVerdict, "id" | "waived">[]): readonly WaivedViolation[] =>
  objects.flatMap(({ id, waived }) => waived.map(({ rule, waiver }) => ({ rule, object: id, ...waiver })));

const objectDocument = (object: ObjectVerdict) => ({
  id: object.id,
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.namespace ?? null,
  name: object.name,
  verdict: object.verdict,
  violations: object.violations,
  undecided: object.undecided,
  unchecked: object.unchecked,
});

export const checkDocument = ({ objects, stack, summary }: VerdictDocument) => ({
  objects: objects.map(objectDocument),
  stack,
  summary: { ...summary, waivers: waivedIn(objects) },
});
