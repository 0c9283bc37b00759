/** A transport port, as NetworkPolicies count them: always by number, because the VPC CNI mishandles names. */

export interface Port {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

export const tcp = (port: number): Port => ({ port, protocol: "TCP" });
export const udp = (port: number): Port => ({ port, protocol: "UDP" });

export const samePort = (a: Port, b: Port): boolean => a.port === b.port && a.protocol === b.protocol;

/** Ports in a stable order without repetition. */
export function distinctPorts(ports: readonly Port[]): readonly Port[] {
  const byKey = new Map(ports.map((port) => [`${port.protocol}/${String(port.port).padStart(5, "0")}`, port]));
  return [...byKey.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}
