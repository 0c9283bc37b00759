/**
 * What a service is told about what it uses: environment variables by its own aliases. Stores have a host, port, database,
 * user and password, all from the credential's Secret; services a URL; externals a credential. Nothing secret stands here.
 */
import { credentialName, environmentPrefix, serviceNamespace } from "../../graph/conventions";
import { type Graph } from "../../graph/model";
import { type AnyService, type Capability } from "../../graph/service";
import { fromSecret } from "./pod";

export type Variable = { readonly name: string; readonly value: string } | ReturnType<typeof fromSecret>;

/** Variables in the order of their names: the order is part of the pod template. */
export const environmentOf = ({ landscape }: Graph, service: AnyService): readonly Variable[] =>
  [
    { name: "PORT", value: String(service.args.listens["http"] ?? Object.values(service.args.listens)[0] ?? "") },
    { name: "STAGE", value: landscape.stage },
    ...Object.entries(service.args.uses ?? {}).flatMap(([alias, use]) => variables(service.name, alias, use)),
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

/** Keys of a store's credential, and of the variables made from them. */
export const CREDENTIAL_KEYS = ["host", "port", "database", "username", "password"] as const;

const storeVariables = (prefix: string, secret: string): readonly Variable[] =>
  CREDENTIAL_KEYS.map((key) => fromSecret(`${prefix}${key === "username" ? "USER" : key.toUpperCase()}`, secret, key));

/** The Service's full name and the container's port: the network judges both as they are. */
const urlOf = ({ name, args }: AnyService, port: string): string =>
  `http://${name}.${serviceNamespace(name)}.svc.cluster.local:${args.listens[port] ?? ""}`;
