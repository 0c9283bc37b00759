/** Names and labels that follow from a service's or store's name. One place, so that every derivation agrees. */
import { type Face } from "./landscape";
import { type Labels } from "./manifest";
import { distinctPorts, type Port, tcp } from "./port";
import { type AnyService, type Listens } from "./service";

/** `order` lives in `order-service`, as the sources of our systems name their namespaces. */
export const serviceNamespace = (service: string): string => `${service}-service`;

/** Labels of a service's pods. Its Service selects by exactly these: the VPC CNI demands it of policies, too. */
export const serviceLabels = (system: string, service: string): Labels => ({
  "app.kubernetes.io/name": service,
  "app.kubernetes.io/part-of": system,
});

export const servicePorts = (listens: Listens): readonly Port[] => distinctPorts(Object.values(listens).map(tcp));

export const serviceFace = (system: string, { name, args }: AnyService): Face => ({
  name,
  selector: serviceLabels(system, name),
  ports: servicePorts(args.listens),
});

/** The Kubernetes Secret that holds one service's credential for one store or external. */
export const credentialName = (service: string, target: string): string => `${service}-${target}-credential`;

/** `orders` becomes `ORDERS_`: the prefix of the environment variables of an alias. */
export const environmentPrefix = (alias: string): string =>
  `${alias
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase()}_`;

/**
 * Everything that is derived from a service's name and has a limit of its own.
 * Limits: DNS labels and label values 63 (RFC 1123), IAM role names 64, PostgreSQL identifiers 63 bytes.
 */
export const derivedNames = (system: string, stage: string, service: AnyService): readonly DerivedName[] => [
  { what: "namespace", name: serviceNamespace(service.name), limit: 63 },
  { what: "canary Service", name: `${service.name}-canary`, limit: 63 },
  { what: "cloud role", name: `${system}-${stage}-${service.name}`, limit: 64 },
  ...credentialTargets(service).map((target) => ({
    what: `credential for ${target}`,
    name: credentialName(service.name, target),
    limit: 63,
  })),
];

const credentialTargets = ({ args }: AnyService): readonly string[] => [
  ...new Set([
    ...(args.secrets ?? []),
    ...Object.values(args.uses ?? {}).flatMap((use) => {
      if (use.lends === "store") return [use.store.name];
      return use.lends === "external" ? [use.external.name] : [];
    }),
  ]),
];

export interface DerivedName {
  readonly what: string;
  readonly name: string;
  readonly limit: number;
}
