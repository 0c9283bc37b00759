/**
 * Plays external-dns: for each host of a route an alias record to the load balancer, in the zone that holds the host, and
 * beside it a TXT record that names the owner. A name somebody else owns is left alone, and said.
 */
import { RECORD, ZONE } from "../../aws/edge";
import type { CloudObject } from "../../store";
import type { Properties } from "../../values";
import { textAt, texts } from "../fields";
import { recordPlayed } from "../records";
import { ensure, keyOf, type Site } from "./site";

export const DNS_PLAYER = "external-dns";

/** A host that should resolve, for the sake of which route, to which load balancer. */
export interface Wish {
  readonly host: string;
  readonly route: string;
  readonly balancer: CloudObject;
}

/** Makes the records this cluster owns those that its routes ask for. */
export function synchronise(site: Site, wishes: readonly Wish[]): void {
  withdraw(site, new Set(wishes.map(({ host }) => host)));
  const first = new Map([...wishes].reverse().map((wish) => [wish.host, wish]));
  for (const wish of first.values()) publish(site, wish);
}

function publish(site: Site, { host, route, balancer }: Wish): void {
  const zone = zoneOf(site, host);
  if (zone === undefined) return note(`no zone holds ${host}: no record`);
  if (isForeign(site, zone, host)) return note(`${host} has a record of another owner: left alone`);
  const { dnsName, zoneId } = balancer.properties;
  const aliases = [{ name: dnsName ?? "", zoneId: zoneId ?? "", evaluateTargetHealth: true }];
  const owner = `"heritage=external-dns,external-dns/owner=${site.cluster},external-dns/resource=httproute/${route}"`;
  put(site, { zoneId: zone.id, name: host, type: "A", aliases });
  put(site, { zoneId: zone.id, name: `a-${host}`, type: "TXT", ttl: 300, records: [owner] });
  note(`record ${host}`);
}

const put = (site: Site, inputs: Properties): CloudObject =>
  ensure(site, DNS_PLAYER, { type: RECORD, inputs, by: ["zoneId", "name", "type"] });

const note = (did: string): void => recordPlayed({ played: DNS_PLAYER, did });

/** The zone with the longest name that ends the host's. */
function zoneOf(site: Site, host: string): CloudObject | undefined {
  const nameOf = (zone: CloudObject): string => textAt(zone.properties, "name").replace(/\.$/, "");
  const isPublic = ({ properties }: CloudObject): boolean =>
    ((properties["vpcs"] ?? []) as readonly unknown[]).length === 0;
  return [...site.cloud.objects((object) => object.type === ZONE && isPublic(object))]
    .filter((zone) => host === nameOf(zone) || host.endsWith(`.${nameOf(zone)}`))
    .sort((a, b) => nameOf(b).length - nameOf(a).length)[0];
}

function isForeign(site: Site, zone: CloudObject, host: string): boolean {
  const taken = records(site).some(({ properties }) => properties["zoneId"] === zone.id && properties["name"] === host);
  return taken && !ownerships(site).some((each) => textAt(each.properties, "name") === `a-${host}`);
}

const records = (site: Site): readonly CloudObject[] => site.cloud.objects(({ type }) => type === RECORD);

/** TXT records that say this cluster owns a name. */
const ownerships = (site: Site): readonly CloudObject[] =>
  records(site).filter(({ properties }) =>
    texts(properties, "records").some((text) => text.includes(`external-dns/owner=${site.cluster},`)),
  );

/** Removes the records of hosts that no route asks for any more. */
function withdraw(site: Site, wanted: ReadonlySet<string>): void {
  for (const text of ownerships(site)) {
    const host = textAt(text.properties, "name").replace(/^a-/, "");
    if (wanted.has(host)) continue;
    const alias = records(site).find(({ properties, owner }) => owner === DNS_PLAYER && properties["name"] === host);
    for (const object of [alias, text]) if (object !== undefined) site.cloud.remove(keyOf(object));
    note(`removed record ${host}`);
  }
}
