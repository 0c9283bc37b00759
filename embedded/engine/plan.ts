/**
 * A plan: the engine's preview together with what the pack and the stand-ins tell about it, and the state it compares
 * with. Closed world: every resource has a verdict, if only `unchecked` and why.
 */
import { readLossWaivers, unsigned } from "./data-loss";
import { type Impact } from "./impact";
import { type Preview, preview } from "./preview";
import { type Chart, type DryRun, type ObjectVerdict, type Records, recorded } from "./records";
import { type Session, stateOf } from "./session";
import { readResources } from "./state";

export interface Plan extends Preview {
  readonly verdicts: Readonly<Record<string, ObjectVerdict>>;
  /** What the pack says about the stack as a whole. */
  readonly ofStack: NonNullable<Records["verdicts"]>["stack"]["violations"];
  readonly unexpanded: readonly Chart[];
  readonly dryRun: readonly DryRun[];
  /** Losses of data that nobody has signed for: `up` refuses them. */
  readonly unsigned: readonly Impact[];
  /** How many resources the state holds that the plan compares with; 0 for a stack never brought up here. */
  readonly stateSize: number;
}

const unseen = (resource: Preview["resources"][number], judged: boolean): ObjectVerdict => ({
  urn: resource.urn,
  verdict: "unchecked",
  kind: resource.type,
  name: resource.name,
  violations: [],
  undecided: [],
  unchecked: [{ message: judged ? "the pack has no rule for this type of resource" : "no policy pack was run" }],
  waived: [],
  judged: [],
});

function verdictsOf(found: Preview, records: Records): Readonly<Record<string, ObjectVerdict>> {
  const judged = new Map((records.verdicts?.objects ?? []).map((object) => [object.urn ?? object.name, object]));
  const entries = found.resources.map((resource) => {
    const verdict = judged.get(resource.urn) ?? unseen(resource, records.verdicts !== undefined);
    return [resource.urn, verdict] as const;
  });
  return Object.fromEntries(entries);
}

/** What a provider said of a chart wins over what its absence of children says. */
function unexpandedOf({ closedCharts }: Preview, { unexpanded }: Records): readonly Chart[] {
  const told = new Set(unexpanded.map(({ urn }) => urn));
  const all = [...unexpanded, ...closedCharts.filter(({ urn }) => !told.has(urn))];
  return all.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Plans the session's stack. Changes nothing. @throws InvalidInput for a file of waivers with a mistake. */
export async function plan(session: Session): Promise<Plan> {
  const waivers = readLossWaivers(session.files.checkout);
  const stateSize = readResources(stateOf(session)).length;
  const [found, records] = await recorded((env) => preview({ ...session, env: { ...session.env, ...env } }));
  return {
    ...found,
    verdicts: verdictsOf(found, records),
    ofStack: records.verdicts?.stack.violations ?? [],
    unexpanded: unexpandedOf(found, records),
    dryRun: records.dryRun,
    unsigned: unsigned(found.impact, waivers),
    stateSize,
  };
}

/** Resources on which a rule could not decide, because a value is not known yet. */
export const undecided = ({ verdicts }: Plan): readonly ObjectVerdict[] =>
  Object.values(verdicts).filter(({ verdict }) => verdict === "undecided");
