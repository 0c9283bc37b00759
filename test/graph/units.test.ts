import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  bytes,
  days,
  type Duration,
  gibibytes,
  goDuration,
  isCpu,
  isDuration,
  isRate,
  isSize,
  perFiveMinutes,
  quantity,
  type Rate,
  seconds,
  type Size,
} from "../../graph/units";

const amounts = fc.integer({ min: 1, max: 5_000 });

describe("units", () => {
  it("accept what they can convert, and only that", () => {
    assert.deepEqual(["30 days", "1 hour", "1.5 hours"].filter(isDuration).length, 3);
    assert.deepEqual(["30", "30d", "-1 day", "0 days", "x days", "1 week", " 1 day", "1  day"].filter(isDuration), []);
    assert.deepEqual(["64 MiB", "1 GiB", "0.5 TiB"].filter(isSize).length, 3);
    assert.deepEqual(["64", "64MiB", "64 MB", "-1 GiB"].filter(isSize), []);
    assert.deepEqual(["50m", "2"].filter(isCpu).length, 2);
    assert.deepEqual(["0", "0m", "1.5", "m", "50 m"].filter(isCpu), []);
    assert.deepEqual(["10 per second", "1 per hour"].filter(isRate).length, 2);
    assert.deepEqual(["10/s", "0 per hour", "1 per day"].filter(isRate), []);
  });

  it("of time survive the way to Go and back", () =>
    fc.assert(
      fc.property(amounts, fc.constantFrom("seconds", "minutes", "hours", "days"), (amount, unit) => {
        const duration: Duration = `${amount} ${unit}`;
        const [h = 0, m = 0, s = 0] = (/^(\d+)h(\d+)m(\d+)s$/.exec(goDuration(duration)) ?? []).slice(1).map(Number);
        assert.equal(h * 3_600 + m * 60 + s, seconds(duration));
      }),
    ));

  it("of size survive the way to Kubernetes and back", () =>
    fc.assert(
      fc.property(amounts, fc.constantFrom("MiB", "GiB", "TiB"), (amount, unit) => {
        const size: Size = `${amount} ${unit}`;
        const factors: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
        const [, number = "", suffix = ""] = /^(\d+)([MGT]i)$/.exec(quantity(size)) ?? [];
        assert.equal(Number(number) * (factors[suffix] ?? 0), bytes(size));
        assert.ok(gibibytes(size) * 2 ** 30 >= bytes(size) && (gibibytes(size) - 1) * 2 ** 30 < bytes(size));
      }),
    ));

  it("round up where less would break a promise", () => {
    assert.equal(days("36 hours"), 2);
    assert.equal(days("30 days"), 30);
    assert.equal(gibibytes("1 MiB"), 1);
    assert.equal(goDuration("30 days"), "720h0m0s");
  });

  it("of rates become requests per five minutes, never fewer than the WAF takes", () => {
    const rates: readonly (readonly [Rate, number])[] = [
      ["1 per second", 300],
      ["1000 per minute", 5_000],
      ["7 per hour", 10],
      ["3600 per hour", 300],
    ];
    assert.deepEqual(
      rates.map(([rate]) => perFiveMinutes(rate)),
      rates.map(([, requests]) => requests),
    );
  });
});
