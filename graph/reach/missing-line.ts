/** The line that would make an edge where there is none. Only services and routes are declared; the rest is the platform's. */
import { type Node } from "../model";

export function missingLine(from: Node, to: Node): string {
  if (from.kind === "service") return `add to ${siteOf(from)}: ${usesLine(to)}`;
  if (from.kind === "edge" && to.kind === "service") return `add to ${siteOf(to)}: routes: [{ path: "/${to.name}" }]`;
  if (from.kind === "platform") return `add { to: "${reachName(to)}" } to what the platform's ${from.name} reaches`;
  return `nothing: ${from.id} opens no connections in this model`;
}

const siteOf = ({ name, service }: Node): string => `service ${name} (${service?.site.toString() ?? "unknown place"})`;

/** As it would stand in the service: names that no identifier can be are put in camel case. */
function usesLine(to: Node): string {
  const handle = to.name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (to.kind === "service") return `uses: { ${handle}: ${handle}.call("${portName(to)}") }`;
  if (to.kind === "store") return `uses: { ${handle}: ${handle}.read() }, or ${handle}.readWrite()`;
  if (to.kind === "broker") return "messages: [someTopic.publish()], or someTopic.consume()";
  if (to.kind === "external") return `uses: { ${handle}: ${handle}.call() }`;
  return `nothing: a service reaches ${to.id} by no capability`;
}

const portName = ({ service }: Node): string => Object.keys(service?.args.listens ?? {})[0] ?? "http";

const reachName = ({ id, kind, name }: Node): string => (kind === "platform" ? name : id);
