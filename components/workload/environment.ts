/**
 * What a service is told about what it uses: environment variables by its own aliases. Stores have a host, port, database,
 * user and password, all from the credential's Secret; services a URL; externals a credential. Nothing secret stands here.
 */
import { credentialName, environmentPrefix, serviceNamespace } from "../../graph/conventions";
import { queueName } from "../../graph/derive/topics";
import { type Landscape } from "../../graph/landscape";
import { type Graph } from "../../graph/model";
import { type AnyService, type Capability } from "../../graph/service";
import { AUTHORITY, fromSecret } from "./pod";

export type Variable = { readonly name: string; readonly value: string } | ReturnType<typeof fromSecret>;

/** Variables in the order of their names: the order is part of the pod template. */
export const environmentOf = ({ landscape }: Graph, service: AnyService): readonly Variable[] =>
  [
    { name: "PORT", value: String(service.args.listens["http"] ?? Object.values(service.args.listens)[0] ?? "") },
    { name: "STAGE", value: landscape.stage },
    ...Object.entries(service.args.uses ?? {}).flatMap(([alias, use]) => variables(service.name, alias, use)),
    ...Object.entries(service.args.uses ?? {}).flatMap(([alias, use]) => placedVariables(landscape, alias, use)),
    ...(service.args.secrets ?? []).map((name) =>
      fromSecret(`${environmentPrefix(name)}SECRET`, credentialName(service.name, name), "credential"),
    ),
    ...topicVariables(landscape, service),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));

function variables(service: string, alias: string, use: Capability): readonly Variable[] {
  const prefix = environmentPrefix(alias);
  switch (use.lends) {
    case "store":
      return storeVariables(prefix, credentialName(service, use.store.name));
    case "external":
      return [fromSecret(`${prefix}CREDENTIAL`, credentialName(service, use.external.name), "credential")];
    case "call":
      return [{ name: `${prefix}URL`, value: urlOf(use.service, use.port) }];
    case "topic":
      return [];
  }
}

/** How a store is found and checked where that depends on its placement: by Sentinel, by an authority of the cluster's own. */
function placedVariables({ stores }: Landscape, alias: string, use: Capability): readonly Variable[] {
  const placed = use.lends === "store" ? stores[use.store.name] : undefined;
  if (placed === undefined) return [];
  const prefix = environmentPrefix(alias);
  return [
    ...(placed.sentinel === undefined ? [] : [{ name: `${prefix}SENTINEL`, value: placed.sentinel }]),
    ...(placed.internalTls === true ? [{ name: `${prefix}CA`, value: AUTHORITY.file }] : []),
  ];
}

const BROKER_KEYS = ["host", "port", "vhost", "username", "password"] as const;

/** Where the broker is, and by topic the exchange to publish to or the queue to consume from. */
function topicVariables({ broker }: Landscape, { name, args }: AnyService): readonly Variable[] {
  const messages = args.messages ?? [];
  if (broker === undefined || messages.length === 0) return [];
  return [
    ...BROKER_KEYS.map((key) =>
      fromSecret(`BROKER_${key === "username" ? "USER" : key.toUpperCase()}`, credentialName(name, broker.name), key),
    ),
    { name: "BROKER_CA", value: AUTHORITY.file },
    ...messages.map(({ topic, access }) =>
      access === "publish"
        ? { name: `${environmentPrefix(topic.name)}EXCHANGE`, value: topic.name }
        : { name: `${environmentPrefix(topic.name)}QUEUE`, value: queueName(topic.name, name) },
    ),
  ];
}

/** Keys of a store's credential, and of the variables made from them. */
export const CREDENTIAL_KEYS = ["host", "port", "database", "username", "password"] as const;

const storeVariables = (prefix: string, secret: string): readonly Variable[] =>
  CREDENTIAL_KEYS.map((key) => fromSecret(`${prefix}${key === "username" ? "USER" : key.toUpperCase()}`, secret, key));

/** The Service's full name and the container's port: the network judges both as they are. */
const urlOf = ({ name, args }: AnyService, port: string): string =>
  `http://${name}.${serviceNamespace(name)}.svc.cluster.local:${args.listens[port] ?? ""}`;
