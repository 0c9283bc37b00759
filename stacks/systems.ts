/** The systems a stack may choose by name. A further one is one more line. */
import { compile, type LandscapeFor } from "../graph/compile";
import { type Landscape, type StorePlacement } from "../graph/landscape";
import { type Graph } from "../graph/model";
import { type Problem, refuse } from "../graph/problems";
import { type Profile } from "../graph/route";
import { type AnyService } from "../graph/service";
import { type Flavours, type Store, type StoreKind } from "../graph/store";
import { type System } from "../graph/system";
import { payments, portablePayments } from "../services/payments/payments";
import { shop } from "../services/shop/shop";

const FLAVOURS: { readonly [K in StoreKind]: readonly Flavours[K][] } = {
  postgres: ["rds", "flexible-server", "cloudnative-pg"],
  redis: ["elasticache", "managed-redis", "valkey"],
};

/** Compiles one system on a landscape that settings made, and so may not fit. */
const on =
  <const S extends readonly AnyService[]>(system: System<S>) =>
  (landscape: Landscape): Graph => {
    refuse(flavourProblems(system, landscape));
    return compile(system, fitted(system, landscape));
  };

/**
 * From settings to types. What the type demands is what the checks report: flavours were checked just now, missing stores
 * are `compile`'s to report together with everything else.
 */
function fitted<const S extends readonly AnyService[]>(system: System<S>, landscape: Landscape): LandscapeFor<S> {
  if (!fits(system, landscape)) throw new Error("a store has a flavour of another kind");
  return landscape;
}

const fits = <const S extends readonly AnyService[]>(
  system: System<S>,
  landscape: Landscape,
): landscape is LandscapeFor<S> => flavourProblems(system, landscape).length === 0;

const storesOf = ({ services }: System): readonly Store[] =>
  services.flatMap(({ args }) =>
    Object.values(args.uses ?? {}).flatMap((use) => (use.lends === "store" ? [use.store] : [])),
  );

const flavourProblems = (system: System, { stack, stores, offers }: Landscape): readonly Problem[] =>
  [...new Map(storesOf(system).map((store) => [store.name, store])).values()].flatMap(({ name, kind }) => {
    const placed: StorePlacement | undefined = stores[name];
    const flavours: readonly string[] = FLAVOURS[kind];
    if (placed === undefined || flavours.includes(placed.flavour)) return [];
    const known = flavours.filter((each) => offers?.includes(each) ?? true);
    const want = `one of ${known.join(", ")}, because ${name} is a ${kind} store`;
    const where = `Pulumi.${stack}.yaml: keelson:stores.${name}.flavour`;
    return [{ where, got: placed.flavour, want, mend: `write flavour: ${known.at(-1)}, with the keys it takes` }];
  });

type OnLandscape = (landscape: Landscape) => Graph;

/** A system by the profile of its route table: what every edge serves, or all that one edge can. */
export type Variants = Readonly<Record<Profile, OnLandscape>>;

export const SYSTEMS: Readonly<Record<string, Variants>> = {
  shop: { portable: on(shop), kong: on(shop) },
  payments: { portable: on(portablePayments), kong: on(payments) },
};
