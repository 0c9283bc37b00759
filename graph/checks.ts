/** What the types cannot say about a system on a landscape: every problem, in the user's words, before anything exists. */
import { credentialName, derivedNames, environmentPrefix } from "./conventions";
import { routeProblems } from "./derive/routes";
import { startOrderProblems } from "./derive/start-order";
import { landscapeProblems } from "./landscape-checks";
import { type Graph } from "./model";
import { nearest } from "./nearest";
import { type Problem } from "./problems";
import { type AnyService, type CallCapability, type Capability } from "./service";
import { type StoreKind } from "./store";
import { type Topic } from "./topic";
import { messageProblems } from "./topic-checks";

export const checkGraph = (graph: Graph): readonly Problem[] => [
  ...nameProblems(graph),
  ...storeProblems(graph),
  ...portProblems(graph),
  ...useProblems(graph),
  ...messageProblems(graph),
  ...credentialProblems(graph),
  ...routeProblems(graph),
  ...startOrderProblems(graph),
  ...landscapeProblems(graph),
];

// Names

const NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

function nameProblems({ system, landscape }: Graph): readonly Problem[] {
  const names = system.services.map(({ name }) => name);
  return [
    ...system.services.flatMap((service, index) => [
      ...spelling("service", service.name),
      ...(names.indexOf(service.name) === index ? [] : [twice("service", service.name)]),
      ...derivedNames(system.name, landscape.stage, service).flatMap(({ what, name, limit }) =>
        name.length <= limit ? [] : [tooLong(service, what, name, limit)],
      ),
    ]),
    ...handleProblems("store", handlesOf(system.services, storeOf)),
    ...handleProblems("external", handlesOf(system.services, externalOf)),
    ...handleProblems("topic", topicsOf(system.services)),
  ];
}

interface Handle {
  readonly name: string;
}

const storeOf = (use: Capability): readonly Handle[] => (use.lends === "store" ? [use.store] : []);

const externalOf = (use: Capability): readonly Handle[] => (use.lends === "external" ? [use.external] : []);

const handlesOf = (
  services: readonly AnyService[],
  pick: (use: Capability) => readonly Handle[],
): readonly Handle[] => [...new Set(services.flatMap(({ args }) => Object.values(args.uses ?? {}).flatMap(pick)))];

const topicsOf = (services: readonly AnyService[]): readonly Topic[] => [
  ...new Set(services.flatMap(({ args }) => (args.messages ?? []).map(({ topic }) => topic))),
];

/** Two handles of one name would silently become one node. */
function handleProblems(what: string, handles: readonly Handle[]): readonly Problem[] {
  const names = handles.map(({ name }) => name);
  return names.flatMap((name, index) => [
    ...spelling(what, name),
    ...(names.indexOf(name) === index ? [] : [twice(what, name)]),
  ]);
}

const spelling = (what: string, name: string): readonly Problem[] =>
  NAME.test(name)
    ? []
    : [
        {
          where: `${what} ${name}`,
          got: `the name "${name}"`,
          want: "lower-case letters, digits and hyphens, a letter first and no hyphen last",
          mend: `rename the ${what}, for example "${corrected(name, what)}"`,
        },
      ];

const corrected = (name: string, what: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "") || what;

const twice = (what: string, name: string): Problem => ({
  where: `${what} ${name}`,
  got: `two ${what}s of this name`,
  want: "one",
  mend: `rename one of them, or declare it once and import it where it is used`,
});

const tooLong = ({ name }: AnyService, what: string, derived: string, limit: number): Problem => ({
  where: `service ${name}`,
  got: `a ${what} "${derived}" of ${derived.length} characters`,
  want: `at most ${limit}`,
  mend: `shorten the service's name by ${derived.length - limit} characters`,
});

// Stores

/** What a stack may write for each kind of store. */
const PLACEMENT_EXAMPLES = {
  postgres: "{ flavour: cloudnative-pg, instances: 1, disk: 10 GiB }",
  redis: "{ flavour: valkey, replicas: 0, memory: 128 MiB }",
} as const satisfies Record<StoreKind, string>;

function storeProblems({ system, landscape }: Graph): readonly Problem[] {
  const uses = system.services.flatMap(({ args }) => Object.values(args.uses ?? {}));
  const used = new Map(uses.flatMap((use) => (use.lends === "store" ? [[use.store.name, use.store] as const] : [])));
  const where = (name: string): string => `Pulumi.${landscape.stack}.yaml: keelson:stores.${name}`;
  const missing = [...used.values()].filter(({ name }) => landscape.stores[name] === undefined);
  const unused = Object.keys(landscape.stores).filter((name) => !used.has(name));
  return [
    ...missing.map(({ name, kind }) => ({
      where: where(name),
      got: "nothing",
      want: `where the ${kind} store ${name} lives in this stack`,
      mend: `add it under keelson:stores, for example "${name}: ${PLACEMENT_EXAMPLES[kind]}"`,
    })),
    ...unused.map((name) => ({
      where: where(name),
      got: "a store no service uses",
      want: used.size === 0 ? "no stores: none is used" : `one of ${[...used.keys()].toSorted().join(", ")}`,
      mend: suggestion(name, [...used.keys()], "remove it"),
    })),
  ];
}

/** A Secret is named after the service and what it is for, whatever that is. */
const credentialProblems = ({ system, landscape }: Graph): readonly Problem[] =>
  system.services.flatMap(({ name, args }) => {
    const broker = (args.messages ?? []).length === 0 ? [] : [landscape.broker?.name ?? ""];
    const uses = Object.values(args.uses ?? {});
    const namesOf = (pick: (use: Capability) => readonly Handle[]) =>
      new Set(uses.flatMap(pick).map((each) => each.name));
    const all = [...namesOf(storeOf), ...namesOf(externalOf), ...(args.secrets ?? []), ...broker];
    return all
      .filter((target, index) => all.indexOf(target) < index)
      .map((target) => ({
        where: `service ${name}`,
        got: `two credentials named ${credentialName(name, target)}`,
        want: "a name of its own for each store, external, secret and broker that one service uses",
        mend: `rename one of those called ${target}`,
      }));
  });

const suggestion = (name: string, known: readonly string[], otherwise: string): string => {
  const close = nearest(name, known);
  return close === undefined ? otherwise : `write ${close}`;
};

// Ports

function portProblems({ system }: Graph): readonly Problem[] {
  return system.services.flatMap(({ name, args }) => [
    ...Object.entries(args.listens)
      .filter(([, port]) => !Number.isInteger(port) || port < 1024 || port > 65_535)
      .map(([port, number]) => ({
        where: `service ${name}: listens.${port}`,
        got: String(number),
        want: "a port from 1024 to 65535, which a process that is not root may open",
        mend: "choose another port, for example 8080; the public port belongs to the edge",
      })),
    ...((args.routes ?? []).length > 0 && args.listens["http"] === undefined
      ? [
          {
            where: `service ${name}: routes`,
            got: `routes without a port named http (it listens on ${listed(Object.keys(args.listens))})`,
            want: "an http port that serves them",
            mend: "name the port that serves the routes http: listens: { http: 8080 }",
          },
        ]
      : []),
  ]);
}

const listed = (names: readonly string[]): string => (names.length === 0 ? "nothing" : names.join(", "));

// Uses

const useProblems = ({ system }: Graph): readonly Problem[] =>
  system.services.flatMap((caller) => {
    const uses = Object.entries(caller.args.uses ?? {});
    return [
      ...uses.flatMap(([alias, use]) =>
        use.lends === "call" ? callProblems(system.services, caller, alias, use) : [],
      ),
      ...aliasProblems(caller.name, [
        ...uses.map(([alias]) => alias),
        ...(caller.args.secrets ?? []),
        ...new Set((caller.args.messages ?? []).map(({ topic }) => topic.name)),
      ]),
    ];
  });

function callProblems(
  services: readonly AnyService[],
  caller: AnyService,
  alias: string,
  { service: callee, port }: CallCapability,
): readonly Problem[] {
  const where = `service ${caller.name}: uses.${alias}`;
  const names = services.map(({ name }) => name);
  if (!names.includes(callee.name))
    return [
      {
        where,
        got: `a call to ${callee.name}, which the system does not run`,
        want: `one of ${names.join(", ")}`,
        mend: `add ${callee.name} to the system's services`,
      },
    ];
  if (callee.args.listens[port] !== undefined) return [];
  const ports = Object.keys(callee.args.listens);
  const mend = suggestion(port, ports, `add the port to ${callee.name}: listens: { ${port}: 8080 }`);
  return [{ where, got: `a call to port ${port} of ${callee.name}`, want: `one of ${listed(ports)}`, mend }];
}

/** Aliases name environment variables: two that read the same there would overwrite each other. */
const aliasProblems = (caller: string, aliases: readonly string[]): readonly Problem[] =>
  aliases.flatMap((alias, index) => {
    const prefix = environmentPrefix(alias);
    const first = aliases.findIndex((other) => environmentPrefix(other) === prefix);
    if (first === index) return [];
    return [
      {
        where: `service ${caller}: uses.${alias}`,
        got: `an alias whose variables start with ${prefix}, as those of ${aliases[first]} do`,
        want: "a prefix of its own",
        mend: `rename ${alias}`,
      },
    ];
  });
