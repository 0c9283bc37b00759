/** Addresses that mean the same on every cloud. */
import { dotted, interval } from "../graph/cidr";
import { type Cidr, type Landscape } from "../graph/landscape";
import { type Settings } from "./schema";

/** Addresses that are never the internet: private networks, carriers' own, link-local. */
export const PRIVATE: readonly Cidr[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

export const INTERNET: Landscape["internet"] = { at: "ranges", ranges: ["0.0.0.0/0"], except: PRIVATE };

/** One address of a range, as a range of its own. */
export const nthAddress = (range: Cidr, nth: number): Cidr => `${dotted(interval(range).first + nth)}/32`;

/** Slots of the data tier, by the managed store that owns each. */
export const slotsOf = (stores: Settings["stores"]): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(stores).flatMap(([name, store]) => ("slot" in store ? [[name, store.slot]] : [])));
