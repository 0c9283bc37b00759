/**
 * A service: what runs, what it listens on, what it uses. A typed value; it creates nothing. Everything else about it
 * (policies, roles, routes, order) is derived from the capabilities named here.
 */
import { CallSite } from "./call-site";
import { type ExternalCapability } from "./external";
import { type PortableRoute, type Route } from "./route";
import { type StoreCapability } from "./store";
import { type TopicCapability } from "./topic";
import { type Cpu, type Size } from "./units";

/** Port numbers by name. */
export type Listens = Readonly<Record<string, number>>;

/** What a service lends: the right to call one of its ports. */
export interface CallCapability {
  readonly lends: "call";
  readonly service: AnyService;
  readonly port: string;
  /** `"start"`: the caller starts after the callee. `"later"`: only while running, which breaks a cycle of calls. */
  readonly needed: "start" | "later";
  readonly site: CallSite;
}

export type Capability = StoreCapability | TopicCapability | ExternalCapability | CallCapability;

/** Capabilities by the caller's own alias, which names the environment variables: `ORDERS_HOST`. */
export type Uses = Readonly<Record<string, StoreCapability | ExternalCapability | CallCapability>>;

export interface Scale {
  /** Replicas that always run. @default 2 */
  readonly min?: number;
  /** Replicas at most; above `min` an autoscaler owns the number. @default - `min` */
  readonly max?: number;
  /** Mean processor use that the autoscaler holds, in percent of the request. @default 70 */
  readonly cpu?: number;
  /** Mean memory use that the autoscaler holds as well, in percent of the request. @default - memory is not looked at */
  readonly memory?: number;
}

export interface ServiceArgs<L extends Listens, U extends Uses, R extends Route, M extends TopicCapability> {
  /** Ports by name. `http` serves routes and health checks. */
  readonly listens: L;
  /** What it uses, by its own alias. @default - nothing */
  readonly uses?: U;
  /** Topics it publishes to or consumes. @default - none */
  readonly messages?: readonly M[];
  /** Secrets of the stack's configuration that it reads, such as a key to sign with: `tokens` is `keelson:tokensCredential`. @default - none */
  readonly secrets?: readonly string[];
  /** Paths of the public host that it serves. @default - reachable by other services only */
  readonly routes?: readonly R[];
  /** Path that answers 200 when it can serve. @default "/healthz" */
  readonly health?: `/${string}`;
  readonly scale?: Scale;
  /** What one replica asks for and may use at most. @default - 50m and 64 MiB, up to 100m and 128 MiB */
  readonly resources?: Resources;
}

export interface Resources {
  readonly requests: { readonly cpu: Cpu; readonly memory: Size };
  readonly limits: { readonly cpu: Cpu; readonly memory: Size };
}

export class Service<
  N extends string = string,
  L extends Listens = Listens,
  U extends Uses = Uses,
  R extends Route = Route,
  M extends TopicCapability = TopicCapability,
> {
  readonly site = new CallSite();

  constructor(
    readonly name: N,
    readonly args: ServiceArgs<L, U, R, M>,
  ) {}

  /** The right to call one port of this service. */
  call(port: keyof L & string, { needed = "start" }: { readonly needed?: "start" | "later" } = {}): CallCapability {
    return { lends: "call", service: this, port, needed, site: new CallSite() };
  }
}

export type AnyService = Service;

export const service = <
  const N extends string,
  const L extends Listens,
  const U extends Uses = Record<never, never>,
  const R extends Route = PortableRoute,
  const M extends TopicCapability = never,
>(
  name: N,
  args: ServiceArgs<L, U, R, M>,
): Service<N, L, U, R, M> => new Service(name, args);

/** Requests and limits where a service says nothing. */
export const DEFAULT_RESOURCES: Resources = {
  requests: { cpu: "50m", memory: "64 MiB" },
  limits: { cpu: "100m", memory: "128 MiB" },
};
