/** Random systems on random landscapes: small, but with every kind of node, place, edge and overlap a graph may have. */
import fc, { type Arbitrary } from "fast-check";
import { type BrokerPlacement } from "../../graph/broker";
import { external } from "../../graph/external";
import {
  type Actor,
  type Cidr,
  type Dialect,
  type Face,
  IDENTITY_AGENT,
  type Landscape,
  type Place,
  type StorePlacement,
} from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { type Port, tcp, udp } from "../../graph/port";
import { type AnyService, service, type Uses } from "../../graph/service";
import { postgres, redis } from "../../graph/store";
import { type Topic, topic, type TopicCapability } from "../../graph/topic";
import { API_ACTOR, BASE, DNS_ACTOR, rabbitPods } from "./landscapes";

export interface Example {
  readonly services: readonly AnyService[];
  readonly landscape: Landscape;
}

/** How ranges relate: `apart` gives every node its own, `nested` lets them overlap, contain each other, and pods. */
export type Ranges = "apart" | "nested";

export const examples = (dialect: Dialect, ranges: Ranges): Arbitrary<Example> =>
  fc.record({ services: servicesOf, landscape: landscapes(dialect, ranges) });

// Services

const KEEPS = { keeps: "data", rpo: "1 hour", rto: "1 hour" } as const;
const STORES = [postgres("orders", KEEPS), postgres("ledger", KEEPS), redis("cache", KEEPS)] as const;
const EXTERNALS = [
  external("stripe", { hosts: ["api.stripe.com"] }),
  external("mail", { hosts: ["m.example"], port: 587 }),
];
const ACCESS = fc.constantFrom("read", "readWrite");
const TOPICS = [
  topic("created", { carries: "orders", recovery: { givenUp: "a test" }, reserved: true }),
  topic("paid", { carries: "payments", recovery: { givenUp: "a test" }, reserved: true }),
];
const ENDS = fc.constantFrom<("publish" | "consume")[][]>([], ["publish"], ["consume"], ["publish", "consume"]);

interface Traits {
  readonly ports: readonly number[];
  readonly routed: boolean;
  readonly stores: readonly ("read" | "readWrite" | undefined)[];
  readonly externals: readonly boolean[];
  readonly calls: readonly boolean[];
  readonly messages: readonly (readonly ("publish" | "consume")[])[];
}

const traits: Arbitrary<Traits> = fc.record({
  ports: fc.subarray([8080, 8081, 9090], { minLength: 1 }),
  routed: fc.boolean(),
  stores: fc.tuple(...STORES.map(() => fc.option(ACCESS, { nil: undefined, freq: 1 }))),
  externals: fc.tuple(...EXTERNALS.map(() => fc.boolean())),
  calls: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  messages: fc.tuple(...TOPICS.map(() => ENDS)),
});

/** Every store is used by somebody, so that a landscape may place all of them. */
const servicesOf: Arbitrary<readonly AnyService[]> = fc
  .array(traits, { minLength: 1, maxLength: 3 })
  .map((all) => all.reduce<readonly AnyService[]>((made, each, index) => [...made, build(each, index, made)], []));

function build(traits: Traits, index: number, callees: readonly AnyService[]): AnyService {
  const ports = traits.ports.map((port, at): [string, number] => [at === 0 ? "http" : `extra${at}`, port]);
  const routes = traits.routed ? [{ path: `/service${index}` } as const] : [];
  const messages = TOPICS.flatMap((each, at) => endsOf(each, index === 0 && at === 0, traits.messages[at] ?? []));
  const uses = usesOf(traits, index, callees);
  return service(`s${index}`, { listens: Object.fromEntries(ports), uses, routes, messages });
}

/** Somebody has a topic, so that a landscape may have a broker. */
const endsOf = (
  handle: Topic,
  always: boolean,
  ends: readonly ("publish" | "consume")[],
): readonly TopicCapability[] => (always && ends.length === 0 ? [handle.publish()] : ends.map((end) => handle[end]()));

function usesOf(traits: Traits, index: number, callees: readonly AnyService[]): Uses {
  const stores = STORES.flatMap((store, at): [string, Uses[string]][] => {
    const access = traits.stores[at] ?? (index === 0 ? "read" : undefined);
    return access === undefined ? [] : [[store.name, store[access]()]];
  });
  const externals = EXTERNALS.filter((_, at) => traits.externals[at]).map((each): [string, Uses[string]] => [
    each.name,
    each.call(),
  ]);
  const calls = callees.flatMap((callee, at): [string, Uses[string]][] =>
    traits.calls[at] === true
      ? Object.keys(callee.args.listens).map((port) => [`${callee.name}-${port}`, callee.call(port)])
      : [],
  );
  return Object.fromEntries([...stores, ...externals, ...calls]);
}

// Places

const NESTED: readonly Cidr[] = [
  "10.0.0.0/18",
  "10.0.0.0/20",
  "10.0.4.0/24",
  "10.0.64.0/20",
  "10.0.64.0/24",
  "10.0.128.0/22",
  "172.20.0.1/32",
];

/** In `apart`, slot `n` is 10.n.0.0/16 and its exceptions lie inside. */
const rangesAt = (ranges: Ranges, slot: number): Arbitrary<Extract<Place, { at: "ranges" }>> =>
  ranges === "nested"
    ? fc.record({
        at: fc.constant("ranges" as const),
        ranges: fc.subarray([...NESTED], { minLength: 1, maxLength: 2 }),
        except: fc.subarray([...NESTED], { maxLength: 1 }),
      })
    : fc.record({
        at: fc.constant("ranges" as const),
        ranges: fc.subarray<Cidr>([`10.${slot}.0.0/17`, `10.${slot}.192.0/18`], { minLength: 1 }),
        except: fc.subarray<Cidr>([`10.${slot}.64.0/20`, `10.${slot}.200.0/24`], { maxLength: 1 }),
      });

interface Pods {
  readonly place: Extract<Place, { at: "pods" }>;
  readonly faces: readonly Face[];
}

/** Pods of a name: in a namespace of their own or beside others, behind a Service for all of them, for some, or none. */
const podsOf = (name: string, serves: readonly Port[]): Arbitrary<Pods> =>
  fc
    .record({
      namespace: fc.constantFrom(name, "data"),
      labels: fc.constantFrom<Labels[]>({ app: name }, { app: name, tier: "data" }, { "example.com/cluster": name }),
      face: fc.constantFrom("none", "all", "primary"),
    })
    .map(({ namespace, labels, face }) => ({
      place: { at: "pods", namespace, labels },
      faces: facesOf(face, name, labels).map((each) => ({ ...each, ports: serves })),
    }));

const facesOf = (face: string, name: string, labels: Labels): readonly Omit<Face, "ports">[] => {
  if (face === "none") return [];
  return [{ name, selector: face === "all" ? labels : { ...labels, role: "primary" } }];
};

const inPods = (flavour: "cloudnative-pg" | "valkey", name: string, port: number): Arbitrary<StorePlacement> =>
  fc
    .record({ pods: podsOf(name, [tcp(port)]), members: fc.subarray([tcp(port), tcp(8000)]) })
    .map(({ pods, members }) => ({ flavour, host: `${name}.svc`, ...pods, members }));

const managed = (flavour: "rds" | "elasticache", ranges: Ranges, slot: number): Arbitrary<StorePlacement> =>
  rangesAt(ranges, slot).map((place) => ({ flavour, host: "store.internal", place }));

/** Pods that talk among themselves and to what their operator needs, or a managed broker's addresses. */
const brokers = (ranges: Ranges): Arbitrary<BrokerPlacement> => {
  const { name, flavour, host } = rabbitPods("messages");
  const inside = fc
    .record({
      pods: podsOf(name, [tcp(5671)]),
      members: fc.subarray([tcp(4369), tcp(25672), tcp(5671)]),
      reaches: fc.subarray([{ to: "kubernetes-api" }]),
    })
    .map(({ pods, ...rest }) => ({ name, flavour, host, ...pods, ...rest }));
  return fc.oneof(
    inside,
    rangesAt(ranges, 54).map((place) => ({ name, flavour, host, place })),
  );
};

// The platform

const optional = <T>(value: Arbitrary<T>): Arbitrary<readonly T[]> =>
  fc.option(value, { nil: undefined }).map((each) => (each === undefined ? [] : [each]));

const actorsOf = (ranges: Ranges): Arbitrary<readonly Actor[]> =>
  fc
    .tuple(
      fc.subarray<Actor>([DNS_ACTOR]),
      rangesAt(ranges, 60).map((place): readonly Actor[] => [{ ...API_ACTOR, place }]),
      optional(operator),
      optional(nodeAgent(ranges)),
      optional(scraper),
      optional(watcher(ranges)),
      fc.subarray<Actor>([
        { name: IDENTITY_AGENT, place: { at: "ranges", ranges: ["169.254.170.23/32"] }, serves: [tcp(80)] },
      ]),
    )
    .map((parts) => parts.flat());

const operator: Arbitrary<Actor> = fc
  .record({
    pods: podsOf("operator", [tcp(9443)]),
    webhooks: fc.subarray([tcp(9443)]),
    identity: fc.boolean(),
    reaches: fc.subarray([
      { to: "stores:cloudnative-pg" },
      { to: "stores:valkey", ports: [tcp(6379), tcp(9121)] },
      { to: "kubernetes-api" },
      { to: "operator", ports: [tcp(7946), udp(7946)] },
      { to: "broker/messages", ports: [tcp(15671)] },
    ]),
  })
  .map(({ pods, ...rest }) => ({ name: "operator", ...pods, ...rest }));

/** Pods on the hosts' network: they come from and answer at the nodes' addresses. */
const nodeAgent = (ranges: Ranges): Arbitrary<Actor> =>
  fc.record({
    name: fc.constant("node-agent"),
    place: fc.constant({
      at: "nodes" as const,
      ranges: [ranges === "nested" ? "10.0.0.0/18" : "10.61.0.0/18"] as Cidr[],
    }),
    serves: fc.constantFrom([tcp(9100)], [tcp(9100), udp(8125)]),
    reaches: fc.subarray([{ to: "service/s0" }, { to: "store/orders" }, { to: "dns" }].slice(0, 2)),
    forAll: fc.boolean(),
  });

/** Something of the platform in its own, shared namespace. */
const scraper: Arbitrary<Actor> = fc.record({
  name: fc.constant("scraper"),
  place: fc.constant({ at: "pods" as const, namespace: "kube-system", labels: { app: "scraper" } }),
  reaches: fc.subarray([
    { to: "service/s0", ports: [tcp(9090)] },
    { to: "store/cache" },
    { to: "kubernetes-api" },
    { to: "services" },
  ]),
  sharedNamespace: fc.constant(true),
});

/** Something outside with a range that may be wider than what it stands for. */
const watcher = (ranges: Ranges): Arbitrary<Actor> =>
  fc
    .record({
      place: rangesAt(ranges, 62),
      wide: fc.boolean(),
      names: fc.option(fc.subarray(["api.stripe.com", "*.example.org", "x.example.org"], { minLength: 1 }), {
        nil: undefined,
      }),
      serves: fc.subarray([tcp(5432), tcp(443)], { minLength: 1 }),
      reaches: fc.subarray([{ to: "service/s0" }, { to: "store/ledger" }]),
      forAll: fc.boolean(),
    })
    .map(({ wide, names, reaches, ...rest }) => ({
      name: "watcher",
      ...rest,
      ...(wide ? { widerThan: "three probes" } : {}),
      ...(names === undefined ? { reaches } : { names }), // what is known by name opens no connections
    }));

const edgePlace = (ranges: Ranges): Arbitrary<Place> =>
  fc.oneof(rangesAt(ranges, 63), fc.constant<Place>({ at: "pods", namespace: "edge", labels: { app: "gateway" } }));

const landscapes = (dialect: Dialect, ranges: Ranges): Arbitrary<Landscape> =>
  fc
    .record({
      orders: fc.oneof(inPods("cloudnative-pg", "orders", 5432), managed("rds", ranges, 51)),
      ledger: fc.oneof(inPods("cloudnative-pg", "ledger", 5432), managed("rds", ranges, 52)),
      cache: fc.oneof(inPods("valkey", "cache", 6379), managed("elasticache", ranges, 53)),
      actors: actorsOf(ranges),
      broker: brokers(ranges),
      place: edgePlace(ranges),
      reaches: fc.subarray([{ to: "store/cache" }, { to: "kubernetes-api" }]),
      pods: fc.constantFrom<Cidr[][]>(["10.0.0.0/19"], ["10.0.64.0/22", "10.0.200.0/24"]),
      open: fc.boolean(),
    })
    .map(({ orders, ledger, cache, broker, actors, place, reaches, pods, open }) => ({
      ...BASE,
      stores: { orders, ledger, cache },
      actors,
      broker,
      edge: { ...BASE.edge, place, reaches },
      pods: ranges === "nested" ? pods : ["10.99.0.0/16"],
      internet: open && ranges === "nested" ? { at: "ranges", ranges: ["0.0.0.0/0"] } : BASE.internet,
      dialect,
    }));
