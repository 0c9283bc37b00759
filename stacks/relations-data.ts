/** Relations between settings of stores and the edge that no single key can show. */
import { type Problem } from "../graph/problems";
import { type Part, settingAt } from "./relations";
import { type StoreSettings } from "./schema";

export const dataRelations = (part: Part): readonly Problem[] => [
  ...originRelation(part),
  ...emptyRelation(part),
  ...canaryRelation(part),
];

/** Where a region stands in for a lost one, a database that comes back from nothing would come up empty, and serve. */
const emptyRelation = ({ stack, role, stores = {} }: Part): readonly Problem[] =>
  Object.entries(stores).flatMap(([name, store]) => {
    const path = role === "recovery" ? withoutOrigin(store) : undefined;
    if (path === undefined) return [];
    return [
      {
        where: settingAt(stack, ["stores", name, ...path]),
        got: "nothing",
        want: "what the database comes back from in a stack of role recovery, or it would come up empty",
        mend: "let `keelson drill` write the stack of the recovery region, or name the lost region and the moment or generation",
      },
    ];
  });

/** The setting that is missing; managed databases on AWS have theirs under `recovers`. */
function withoutOrigin(store: StoreSettings): readonly string[] | undefined {
  if ("archive" in store)
    return store.archive === undefined || store.archive.from !== undefined ? undefined : ["archive", "from"];
  return store.flavour === "flexible-server" && store.from === undefined ? ["from"] : undefined;
}

/** A store cannot be recovered from the archive that it writes itself: an archive takes one history only. */
const originRelation = ({ stack, cloud, stores = {} }: Part): readonly Problem[] =>
  Object.entries(stores).flatMap(([name, store]) => {
    if (!("archive" in store) || store.archive?.from === undefined) return [];
    const { generation, from } = store.archive;
    if (from.region !== cloud?.region || from.generation !== generation) return [];
    return [
      {
        where: settingAt(stack, ["stores", name, "archive", "generation"]),
        got: `${generation}, under which the archive to recover from was written in ${from.region}`,
        want: "a generation of its own: an archive takes one history only",
        mend: `write generation: ${generation + 1} under keelson:stores.${name}.archive`,
      },
    ];
  });

/** A canary is withdrawn by what the cloud's load balancer counts; Kong's numbers are not asked yet. */
const canaryRelation = ({ stack, edge, services = {} }: Part): readonly Problem[] =>
  Object.entries(services)
    .filter(([, { rollout }]) => edge?.kind === "kong" && rollout.strategy === "canary")
    .map(([name]) => ({
      where: settingAt(stack, ["services", name, "rollout", "strategy"]),
      got: "canary behind Kong",
      want: "rolling or blueGreen: a canary is judged by what the alb edge counts",
      mend: `write rollout: { strategy: blueGreen, promote: manual } under keelson:services.${name}`,
    }));
