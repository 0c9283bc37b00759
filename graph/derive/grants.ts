/** Who may do what to which store: the second proof beside the network. One role and one credential per edge. */
import { credentialName } from "../conventions";
import { type Graph } from "../model";
import { groupedBy, once } from "../once";
import { type Access } from "../store";

export interface Grant {
  readonly store: string;
  readonly service: string;
  readonly access: Access;
  /** Role or user in the store. It is the service's own: no two services share a login. */
  readonly role: string;
  /** Secret in the service's namespace with `username`, `password`, `host`, `port`, `database`. */
  readonly secret: string;
  /** Alias under which the service knows the store. */
  readonly alias: string;
}

/**
 * All grants, one per alias. Where a service knows one store by two aliases there is still one login, so all of them have
 * the wider access.
 */
export const grants = once((graph: Graph): readonly Grant[] => {
  const all = graph.edges.flatMap(({ capability, alias, from }): readonly Grant[] => {
    if (capability?.lends !== "store" || alias === undefined) return [];
    const service = from.replace("service/", "");
    const store = capability.store.name;
    const secret = credentialName(service, store);
    return [{ store, service, access: capability.access, role: service, secret, alias }];
  });
  const login = ({ service, store }: Grant): string => `${service} ${store}`;
  const writers = new Set(all.filter(({ access }) => access === "readWrite").map(login));
  return all.map((grant) => (writers.has(login(grant)) ? { ...grant, access: "readWrite" } : grant));
});

const byStore = once((graph: Graph) => groupedBy(grants(graph), ({ store }) => store));
const byService = once((graph: Graph) => groupedBy(grants(graph), ({ service }) => service));

/** Who may log in to a store: one grant per service. */
export const grantsOn = (graph: Graph, store: string): readonly Grant[] => [
  ...new Map(
    (byStore(graph).get(store) ?? [])
      .toSorted((a, b) => (a.service < b.service ? -1 : 1))
      .map((grant) => [grant.service, grant]),
  ).values(),
];

/** What a service is given: one grant per alias. */
export const grantsOf = (graph: Graph, service: string): readonly Grant[] => byService(graph).get(service) ?? [];
