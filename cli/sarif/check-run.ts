/** The verdicts of `keelson check` as a run of SARIF. Pure but for the look-up of lines. */
import { type ObjectVerdict, type OpenQuestion, type VerdictDocument } from "../../policies/verdicts";
import { type FilePlace, type Remark, type Result, type Run } from "./log";

/** Where a field of an object stands; every object of a file has a place. */
export type PlaceOf = (object: ObjectVerdict, path: string) => FilePlace;

/** The file whose mistakes the stack's own violations are: the waivers. */
const WAIVERS: FilePlace = { file: "policies/waivers.json", line: 1 };

function resultsOf(object: ObjectVerdict, placeOf: PlaceOf): readonly Result[] {
  const { id } = object;
  return [
    ...object.violations.map((finding) => ({ finding, object: id, place: placeOf(object, finding.path) })),
    ...object.waived.map(({ waiver, ...finding }) => ({
      finding,
      object: id,
      place: placeOf(object, finding.path),
      waiver,
    })),
  ];
}

const remark = (about: Remark["about"], object: ObjectVerdict, { rule, path, message }: OpenQuestion) => ({
  about,
  text: `${object.id}: ${rule === undefined ? "" : `${rule}: `}${message}${path === undefined ? "" : ` (${path})`}`,
});

const remarksOf = (object: ObjectVerdict, placeOf: PlaceOf): readonly Remark[] => [
  ...object.undecided.map((question) => ({
    ...remark("undecided", object, question),
    place: placeOf(object, question.path ?? ""),
  })),
  ...object.unchecked.map((question) => ({ ...remark("unchecked", object, question), place: placeOf(object, "") })),
];

export const checkRun = ({ objects, stack }: VerdictDocument, placeOf: PlaceOf): Run => ({
  category: "check/",
  results: [
    ...objects.flatMap((object) => resultsOf(object, placeOf)),
    ...stack.violations.map((finding) => ({ finding, object: "the waivers", place: WAIVERS })),
  ],
  remarks: objects.flatMap((object) => remarksOf(object, placeOf)),
});
