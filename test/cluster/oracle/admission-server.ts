/**
 * The policies of admission on a real API server, and what it says of an object: in one namespace it refuses, as on a real
 * stack; in another the same policies only tell, each of them, so that a verdict is compared rule by rule.
 */
import { setTimeout as pause } from "node:timers/promises";
import { ApiError, rootOf, type ApiClient } from "../../../embedded/plane/api";
import type { Manifest } from "../../../graph/manifest";
import {
  admissionObjects,
  ADMITTING_RULES,
  policyName,
  type AdmissionObject,
} from "../../../policies/admission/objects";
import { enforcement } from "../../../policies/enforcement";
import { judge } from "../../../policies/judge";
import { CLUSTER_WIDE, type Sent } from "./admission-cases";
import type { Fields } from "./edit";

/** `enforced` refuses as in production, `told` lets in and tells, `free` knows no policy. */
export const LANES = ["enforced", "told", "free"] as const;
export type Lane = (typeof LANES)[number];

const OWNER = { fieldManager: "keelson-test", force: true } as const;

/** Namespaces have no namespace: their own names say where they belong. */
const ownName = (lane: Lane): string => `${lane}-oracle`;

/** As of a production stack whose charts live where nothing is enforced here. */
const PLACE = {
  stage: "prod",
  stack: "prod",
  unjudged: ["told", "free"],
  waivers: {
    problems: [],
    waivers: ADMITTING_RULES.flatMap(({ id }) =>
      (["told", "free"] as const).map((lane) => ({
        rule: id,
        object: `v1/Namespace ${ownName(lane)}`,
        reason: "a test",
        owner: "test",
        expires: "2099-12-31",
      })),
    ),
  },
};

const telling = (name: string): AdmissionObject => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: `${name}-told` },
  spec: {
    policyName: name,
    validationActions: ["Warn"],
    matchResources: {
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["told", ownName("told")] }],
      },
    },
  },
});

export const policies = (): readonly AdmissionObject[] => [
  ...admissionObjects(PLACE),
  ...ADMITTING_RULES.map((rule) => telling(policyName(rule))),
];

export const applyAll = (api: ApiClient, objects: readonly Manifest[]): Promise<unknown> =>
  Promise.all(objects.map((each) => api.apply(each, OWNER)));

/** Rules by the policies that the server names. */
const rulesIn = (text: string): readonly string[] =>
  [...text.matchAll(/ValidatingAdmissionPolicy '([^']+)'/g)].flatMap(([, name]) =>
    ADMITTING_RULES.filter((rule) => policyName(rule) === name).map(({ id }) => id),
  );

export interface Said {
  /** The rule whose policy refused it. */
  readonly denied?: string;
  /** The rules whose policies told of it. */
  readonly told: readonly string[];
  /** It was refused for another reason. */
  readonly invalid?: string;
}

/** One server-side dry run. */
export async function said(api: ApiClient, lane: Lane, { resource, object }: Sent): Promise<Said> {
  const isWide = CLUSTER_WIDE.includes(resource);
  const metadata = { ...(object["metadata"] as Fields), ...(resource === "namespaces" ? { name: ownName(lane) } : {}) };
  const path = `${rootOf(String(object["apiVersion"]))}${isWide ? "" : `/namespaces/${lane}`}/${resource}?dryRun=All`;
  const heard: string[] = [];
  const call = { method: "POST", path: `${path}&fieldValidation=Strict`, body: { ...object, metadata } } as const;
  try {
    await api.call({ ...call, onWarning: (text) => heard.push(text) });
    return { told: [...new Set(heard.flatMap(rulesIn))].toSorted() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const [denied] = rulesIn(error.message);
    return denied === undefined ? { told: [], invalid: error.message } : { told: [], denied };
  }
}

export interface Verdicts {
  readonly sent: Sent;
  /** Rules that find it broken: ours, theirs. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly denied: string | undefined;
  /** Nobody takes it: nothing to compare. */
  readonly invalid?: string;
}

const KNOWN = new Set(ADMITTING_RULES.map(({ id }) => id));

const oursOf = (object: Fields): readonly string[] =>
  [...new Set(judge([object]).objects.flatMap(({ violations }) => violations.map(({ rule }) => rule)))]
    .filter((rule) => KNOWN.has(rule))
    .toSorted();

export async function verdictsOn(api: ApiClient, sent: Sent): Promise<Verdicts> {
  const [told, enforced] = await Promise.all([said(api, "told", sent), said(api, "enforced", sent)]);
  const verdicts = { sent, ours: oursOf(sent.object), theirs: told.told, denied: enforced.denied };
  if (told.invalid === undefined && enforced.invalid === undefined) return verdicts;
  const free = await said(api, "free", sent);
  if (free.invalid === undefined) throw new Error(`${sent.name}: refused only where policies are: ${told.invalid}`);
  return { ...verdicts, invalid: free.invalid };
}

const MANDATORY = new Set(
  ADMITTING_RULES.filter((rule) => enforcement(rule, "prod") === "mandatory").map(({ id }) => id),
);

/**
 * Where a verdict is a refusal: of advisory rules, and of what has no namespace, the API server only tells, but for namespaces
 * themselves.
 */
const isRefused = ({ sent, ours }: Verdicts): boolean =>
  ours.some((rule) => MANDATORY.has(rule)) && (sent.resource === "namespaces" || !CLUSTER_WIDE.includes(sent.resource));

/** What the two do not agree on; nothing when they do. */
export function disagreement(verdicts: Verdicts): readonly string[] {
  const { sent, ours, theirs, denied } = verdicts;
  const agree =
    ours.join() === theirs.join() &&
    (denied !== undefined) === isRefused(verdicts) &&
    (denied === undefined || ours.includes(denied));
  return agree
    ? []
    : [
        `${sent.name}\n  the API server: ${theirs.join(", ") || "nothing"}; refused by ${denied ?? "nothing"}`,
        `  our rules:      ${ours.join(", ") || "nothing"}\n  ${JSON.stringify(sent.object)}`,
      ];
}

/** Waits until the API server goes by a policy: it learns of new ones a moment after they are stored. */
export async function eventually(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`${what} did not come to be in a minute`);
    await pause(200);
  }
}
