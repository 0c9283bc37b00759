/** The verdicts of `keelson plan` as a run of SARIF. Pure. */
import { type Plan } from "../../embedded/engine/plan";
import { type OpenQuestion } from "../../embedded/engine/records";
import { type PlaceOfOwner } from "../plan-places";
import { nameOf, type Subject, violationsOf, waivedOf } from "../subjects";
import { type Remark, type Run } from "./log";

/** The file whose mistakes the stack's own violations are: the waivers. */
const WAIVERS = { file: "policies/waivers.json", line: 1 } as const;

/** Names alone may be shared by objects of several types. */
const identityOf = (subject: Subject | undefined): { readonly identity?: string } =>
  subject?.object.urn === undefined ? {} : { identity: subject.object.urn };

const sentence = (about: string, { rule, path, message }: OpenQuestion): string =>
  `${about}: ${rule === undefined ? "" : `${rule}: `}${message}${path === undefined || path === "" ? "" : ` (${path})`}`;

function remarksOf({ object, owner }: Subject, placeOf: PlaceOfOwner): readonly Remark[] {
  const place = placeOf(owner);
  const of = (about: Remark["about"], questions: readonly OpenQuestion[]) =>
    questions.map((question): Remark => ({ about, text: sentence(nameOf(object), question), place }));
  return [...of("undecided", object.undecided), ...of("unchecked", object.unchecked)];
}

export function planRun(stack: string, plan: Plan, subjects: readonly Subject[], placeOf: PlaceOfOwner): Run {
  const violations = violationsOf(subjects, plan).map(({ where, finding, subject }) => ({
    finding,
    object: where,
    ...identityOf(subject),
    place: subject === undefined ? WAIVERS : placeOf(subject.owner),
  }));
  const waived = waivedOf(subjects).map(({ where, finding: { waiver, ...finding }, subject }) => ({
    finding,
    object: where,
    ...identityOf(subject),
    place: placeOf(subject?.owner),
    waiver,
  }));
  return {
    category: `plan/${stack}/`,
    results: [...violations, ...waived],
    remarks: subjects.flatMap((subject) => remarksOf(subject, placeOf)),
  };
}
