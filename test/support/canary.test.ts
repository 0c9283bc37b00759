import assert from "node:assert/strict";
import { canaryFor, found } from "./canary";

const canary = canaryFor("keelson:stripeCredential");
const { value } = canary;

/** How a secret leaks: as it is, within a longer text, and through one or two encodings. */
const LEAKS: Readonly<Record<string, string>> = {
  raw: `before${value}after`,
  "JSON, as JavaScript writes it": JSON.stringify({ value }),
  "JSON, as Go writes it": JSON.stringify({ value }).replaceAll("<", "\\u003c").replaceAll("&", "\\u0026"),
  "JSON within JSON": JSON.stringify({ inner: JSON.stringify({ value }) }),
  "one piece of it between two escapes": value.split(/["\\\n]/)[0] ?? "",
  "an URL": `https://example.com/?token=${encodeURIComponent(value)}&x=1`,
  base64: Buffer.from(value).toString("base64"),
  "base64 of a longer text, one byte on": Buffer.from(`u${value}z`).toString("base64"),
  "base64 of a longer text, two bytes on": Buffer.from(`u:${value}`).toString("base64"),
  "base64 for URLs": Buffer.from(`user:${value}@host`).toString("base64url"),
  hexadecimal: Buffer.from(value).toString("hex"),
};

describe("a canary", () => {
  for (const [how, text] of Object.entries(LEAKS))
    it(`is found as ${how}`, () => {
      assert.deepEqual(found(text, [canary]), [canary.name]);
    });

  it("is not found where it is not", () => {
    const other = canaryFor("keelson:repositoryCredential").value;
    assert.deepEqual(found(`${other} canary "quoted" ${Buffer.from(other).toString("base64")}`, [canary]), []);
  });
});
