/**
 * SARIF 2.1.0, the format in which code scanning shows violations on a pull request. Pure. Carries no values: messages
 * are those of the verdicts, which have paths, kinds and lengths only.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
import { createHash } from "node:crypto";
import { type Finding } from "../../embedded/engine/records";
import { type RuleFacts, type Severity } from "../../policies/rule";
import { RULES } from "../../policies/rules/all";
import { WAIVER_RULE } from "../../policies/verdicts";
import { artifactOf } from "./artifact";

/** Where somebody would mend it. */
export interface FilePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Result {
  readonly finding: Finding;
  /** `apps/v1/Deployment order-service/order`. */
  readonly object: string;
  /** What tells it from every other object of the run. @default `object` */
  readonly identity?: string;
  readonly place: FilePlace;
  /** Who answers for it, where it is waived. */
  readonly waiver?: { readonly reason: string; readonly owner: string; readonly expires: string };
}

/** What could not be judged, as a sentence with its place. */
export interface Remark {
  readonly about: "undecided" | "unchecked";
  readonly text: string;
  readonly place?: FilePlace;
}

export interface Run {
  /** `check/` or `plan/prod/`: keeps several uploads for one commit apart. */
  readonly category: string;
  readonly results: readonly Result[];
  readonly remarks: readonly Remark[];
}

const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};

/** What code scanning sorts by: 9 and more is critical, 7 high, 4 medium. */
const SCORE: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

type Described = Omit<RuleFacts, "applies" | "link"> & { readonly link?: string };

const DESCRIBED: readonly Described[] = [...RULES, WAIVER_RULE];
const INDEX: ReadonlyMap<string, number> = new Map(DESCRIBED.map(({ id }, index) => [id, index]));

/** `pod-run-as-non-root` as `PodRunAsNonRoot`. */
const pascal = (id: string): string =>
  id.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase());

const descriptor = ({ id, title, why, remedy, link, severity, category, standards }: Described) => ({
  id,
  name: pascal(id),
  shortDescription: { text: title },
  fullDescription: { text: why },
  help: { text: `${why} To mend it, ${remedy}.`, markdown: `${why}\n\n**To mend it**, ${remedy}.` },
  ...(link === undefined ? {} : { helpUri: link }),
  defaultConfiguration: { level: LEVEL[severity] },
  properties: {
    tags: ["security", category, ...standards],
    precision: "very-high",
    "security-severity": SCORE[severity],
  },
});

const location = ({ file, line }: FilePlace) => ({
  physicalLocation: { artifactLocation: artifactOf(file), region: { startLine: line } },
});

/** The same for as long as the rule, the object and the field are: an edit above it makes no new alert. */
const fingerprint = ({ finding: { rule, path }, object, identity = object }: Result): string =>
  createHash("sha256").update([rule, identity, path].join("\n")).digest("hex").slice(0, 32);

const isSeverity = (text: string): text is Severity => text in LEVEL;

const levelOf = ({ severity }: Finding) => (isSeverity(severity) ? LEVEL[severity] : LEVEL.critical);

function resultOf(result: Result) {
  const { finding, object, identity = object, place, waiver } = result;
  const index = INDEX.get(finding.rule);
  const field = finding.path === "" ? "" : ` (${finding.path})`;
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: levelOf(finding),
    message: { text: `${object}: ${finding.message}${field}. To mend it, ${finding.remedy}.` },
    locations: [{ ...location(place), logicalLocations: [{ fullyQualifiedName: identity, kind: "resource" }] }],
    partialFingerprints: { "keelsonViolation/v1": fingerprint(result) },
    properties: { enforcement: finding.enforcement, category: finding.category },
    ...(waiver === undefined ? {} : { suppressions: [suppression(waiver)] }),
  };
}

const suppression = ({ reason, owner, expires }: NonNullable<Result["waiver"]>) => ({
  kind: "external",
  status: "accepted",
  justification: `${reason} (${owner}, until ${expires})`,
});

const notification = ({ about, text, place }: Remark) => ({
  descriptor: { id: about },
  level: "note",
  message: { text },
  ...(place === undefined ? {} : { locations: [location(place)] }),
});

/** Code scanning refuses a run with more. */
const MOST_RESULTS = 25_000;

const RANK: Readonly<Record<string, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

function kept(results: readonly Result[]): readonly Result[] {
  if (results.length <= MOST_RESULTS) return results;
  const rank = ({ finding }: Result): number => RANK[finding.severity] ?? 0;
  return results.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_RESULTS);
}

function leftOut({ results }: Run): readonly Remark[] {
  const more = results.length - MOST_RESULTS;
  return more <= 0 ? [] : [{ about: "unchecked", text: `${more} violations of the least severity are left out` }];
}

export const sarifLog = (run: Run, version: string) => ({
  $schema: "https://json.schemastore.org/sarif-2.1.0.json",
  version: "2.1.0",
  runs: [
    {
      tool: {
        driver: {
          name: "keelson",
          version,
          rules: DESCRIBED.map(descriptor),
          notifications: [
            { id: "undecided", shortDescription: { text: "A rule waits for a value that is not known yet." } },
            { id: "unchecked", shortDescription: { text: "Nobody judged this." } },
          ],
        },
      },
      automationDetails: { id: `keelson/${run.category}` },
      columnKind: "utf16CodeUnits",
      invocations: [
        {
          executionSuccessful: true,
          toolExecutionNotifications: [...run.remarks, ...leftOut(run)].map(notification),
        },
      ],
      results: kept(run.results).map(resultOf),
    },
  ],
});

export type SarifLog = ReturnType<typeof sarifLog>;
