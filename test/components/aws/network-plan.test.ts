import assert from "node:assert/strict";
import fc from "fast-check";
import { interval, overlaps } from "../../../graph/cidr";
import { type Cidr } from "../../../graph/landscape";
import { InvalidInput } from "../../../graph/problems";
import {
  networkProblems,
  type NetworkPlanArgs,
  planNetwork,
  TIERS,
  tierRanges,
} from "../../../components/network/plan";

/** A range of this prefix inside 10.0.0.0/8. */
const rangeOf = (prefix: number, seed: number): Cidr => {
  const blocks = 2 ** (prefix - 8);
  const first = (seed % blocks) * 2 ** (32 - prefix);
  return `10.${Math.floor(first / 65_536) % 256}.${Math.floor(first / 256) % 256}.0/${prefix}` as Cidr;
};

const LONGEST = [0, 25, 23, 20] as const;

const anyArgs: fc.Arbitrary<NetworkPlanArgs> = fc
  .record({ zones: fc.integer({ min: 1, max: 3 }), size: fc.nat(), seed: fc.nat(), stores: fc.nat({ max: 16 }) })
  .map(({ zones, size, seed, stores }) => {
    const longest = Math.min(LONGEST[zones] ?? 20, 24);
    const prefix = 16 + (size % (longest - 15));
    const slots = Math.min(stores, 2 ** Math.max(0, Math.min(4, 28 - dataPrefix(prefix, zones))));
    return {
      range: rangeOf(prefix, seed),
      zones: ["a", "b", "c"].slice(0, zones),
      dataSlots: Object.fromEntries(Array.from({ length: slots }, (_, slot) => [`store-${slot}`, slot])),
    };
  });

/** Prefix of one zone's data block, from the description: halves or quarters, tier by tier. */
const dataPrefix = (prefix: number, zones: number) => prefix + ([0, 1, 1, 2][zones] ?? 2) * 2 + (zones === 1 ? 1 : 2);

const size = (range: Cidr) => interval(range).last - interval(range).first + 1;

describe("a network plan", () => {
  it("never overlaps, stays inside and leaves no address unaccounted for", () => {
    fc.assert(
      fc.property(anyArgs, (args) => {
        const plan = planNetwork(args);
        const pieces = [...plan.subnets.map(({ range }) => range), ...plan.spare];
        const whole = interval(args.range);
        for (const [index, piece] of pieces.entries()) {
          const own = interval(piece);
          assert.ok(whole.first <= own.first && own.last <= whole.last, `${piece} outside ${args.range}`);
          for (const other of pieces.slice(index + 1)) assert.ok(!overlaps(own, interval(other)), `${piece} ${other}`);
        }
        assert.equal(
          pieces.reduce((sum, piece) => sum + size(piece), 0),
          size(args.range),
        );
      }),
    );
  });

  it("gives every zone a subnet of every tier, and every store one in every zone", () => {
    fc.assert(
      fc.property(anyArgs, (args) => {
        const plan = planNetwork(args);
        for (const tier of TIERS.filter((each) => each !== "data"))
          assert.deepEqual(
            plan.subnets.filter((subnet) => subnet.tier === tier).map(({ zone }) => zone),
            args.zones,
          );
        for (const store of Object.keys(args.dataSlots ?? {}))
          assert.equal(tierRanges(plan, "data", store).length, args.zones.length);
      }),
    );
  });

  it("makes no subnet smaller than AWS does", () => {
    fc.assert(
      fc.property(anyArgs, (args) => {
        for (const { range } of planNetwork(args).subnets) assert.ok(size(range) >= 16, range);
      }),
    );
  });

  it("moves no subnet when a store is added", () => {
    const before = planNetwork({ range: "10.0.0.0/16", zones: ["a", "b", "c"], dataSlots: { orders: 3 } });
    const after = planNetwork({ range: "10.0.0.0/16", zones: ["a", "b", "c"], dataSlots: { new: 0, orders: 3 } });
    const old = after.subnets.filter(({ store }) => store !== "new");
    assert.deepEqual(old, before.subnets);
  });

  it("gives pods the most addresses", () => {
    const plan = planNetwork({ range: "10.40.0.0/16", zones: ["a", "b", "c"], dataSlots: { orders: 0 } });
    assert.deepEqual(tierRanges(plan, "private"), ["10.40.0.0/18", "10.40.64.0/18", "10.40.128.0/18"]);
    assert.deepEqual(tierRanges(plan, "public"), ["10.40.192.0/20", "10.40.208.0/20", "10.40.224.0/20"]);
    assert.deepEqual(tierRanges(plan, "data", "orders"), ["10.40.240.0/26", "10.40.244.0/26", "10.40.248.0/26"]);
    assert.deepEqual(tierRanges(plan, "intra"), ["10.40.252.0/23", "10.40.254.0/24", "10.40.255.0/24"]);
  });

  it("reports everything that is wrong at once", () => {
    const problems = networkProblems({
      range: "10.0.0.0/21",
      zones: ["a", "b", "c"],
      dataSlots: { orders: 0, payments: 0, far: 99 },
      apartFrom: { "network.services": "10.0.4.0/24", office: "10.1.0.1/16" },
    });
    assert.deepEqual(problems.map(({ where, want }) => [where, want.slice(0, 26)]).toSorted(), [
      ["network.dataSlots.far", "a slot of its own from 0 t"],
      ["network.dataSlots.orders", "a slot of its own from 0 t"],
      ["network.dataSlots.payments", "a slot of its own from 0 t"],
      ["network.range", "a prefix from /16 to /20 f"],
      ["network.services", "a range apart from network"],
      ["office", "an IPv4 range whose addres"],
    ]);
  });

  it("refuses text that is no range, and zones named twice", () => {
    const bad = { range: "10.0.0.0" as Cidr, zones: ["a", "a"] };
    assert.throws(
      () => planNetwork(bad),
      (error: unknown) => {
        assert.ok(error instanceof InvalidInput);
        assert.deepEqual(
          error.problems.map(({ where }) => where),
          ["network.zones", "network.range"],
        );
        return true;
      },
    );
  });
});
