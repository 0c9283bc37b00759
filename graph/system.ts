/**
 * A system: one product, as its services. From the services' types follows what a stack must choose: a flavour for every
 * store that is used, a broker if there are topics, and an edge that implements every route. Forgetting one does not
 * compile.
 */
import { type BrokerPlacement } from "./broker";
import { type StorePlacement } from "./landscape";
import { type EdgeProfile, type ProfileOf, type Route } from "./route";
import { type AnyService, type Listens, type Service, type Uses } from "./service";
import { type StoreCapability, type StoreKind } from "./store";
import { type TopicCapability } from "./topic";

export interface System<S extends readonly AnyService[] = readonly AnyService[]> {
  readonly name: string;
  readonly services: S;
}

export const system = <const S extends readonly AnyService[]>(name: string, services: S): System<S> => ({
  name,
  services,
});

type UsesOf<S> = S extends Service<string, Listens, infer U, Route> ? U[keyof U] : never;
type RoutesOf<S> = S extends Service<string, Listens, Uses, infer R> ? R : never;
type MessagesOf<S> = S extends Service<string, Listens, Uses, Route, infer M> ? M : never;
type NameOf<C> = C extends StoreCapability<infer N, StoreKind> ? N : never;
type KindOf<C, N> = C extends StoreCapability<infer M, infer K> ? (N extends M ? K : never) : never;

/** Every store a system's services use, each with a placement in a flavour of its own kind. */
export type StorePlacements<S extends readonly AnyService[]> = {
  readonly [N in NameOf<UsesOf<S[number]>>]: StorePlacement<KindOf<UsesOf<S[number]>, N>>;
};

/** A broker where any service publishes or consumes. Names that are no literals say nothing: the checks do. */
export type BrokerFor<S extends readonly AnyService[]> = [NeededByTopic<MessagesOf<S[number]>>] extends [never]
  ? { readonly broker?: BrokerPlacement }
  : { readonly broker: BrokerPlacement | NeededByTopic<MessagesOf<S[number]>> };

/** Never a value: the topics, for the compiler to print. */
type NeededByTopic<M> =
  M extends TopicCapability<infer N> ? (string extends N ? never : `needed by the topic ${N}`) : never;

/**
 * An edge that implements every profile the system's routes are written against. An edge for more profiles serves where
 * fewer are needed, never the reverse; the compiler's message about the missing profile then names the routes.
 */
export type EdgeFor<S extends readonly AnyService[]> = EdgeProfile & {
  readonly profiles: {
    readonly [P in ProfileOf<RoutesOf<S[number]>>]: true | NeededBy<PathOf<RoutesOf<S[number]>, P>>;
  };
};

type PathOf<R extends Route, P> = R extends Route ? (ProfileOf<R> extends P ? R["path"] : never) : never;

/** Never a value: the paths, for the compiler to print. A path that is no literal says nothing. */
type NeededBy<Path extends string> = Path extends Path
  ? `/${string}` extends Path
    ? never
    : `needed by the route ${Path}`
  : never;
