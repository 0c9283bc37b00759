import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compareVersions,
  isSuitable,
  parseVersion,
  showVersion,
  type Version,
} from "../../embedded/toolchain/versions";

const version = fc.tuple(fc.nat(50), fc.nat(500), fc.nat(50));
const minimum = { rule: "minimum", version: "3.250.0", override: "X" } as const;
const minor = { rule: "same minor" } as const;

const parsed = (text: string): Version => {
  const found = parseVersion(text);
  assert.ok(found);
  return found;
};

describe("versions", () => {
  it("are read from what each tool prints", () => {
    assert.deepEqual(parseVersion("v3.250.0\n"), [3, 250, 0]);
    assert.deepEqual(parseVersion("etcd Version: 3.6.6\nGit SHA: x\nGo Version: go1.26.8"), [3, 6, 6]);
    assert.deepEqual(parseVersion("Kubernetes v1.36.3"), [1, 36, 3]);
    assert.deepEqual(parseVersion("kwok version v0.7.0 go1.26.8 (linux/amd64)"), [0, 7, 0]);
    assert.deepEqual(parseVersion("go1.26"), [1, 26, 0]);
    assert.equal(parseVersion("error: unknown flag: --version"), undefined);
  });

  it("are shown as they are read", () => {
    fc.assert(fc.property(version, (one) => assert.deepEqual(parseVersion(showVersion(one)), one)));
  });

  it("are ordered number by number, not letter by letter", () => {
    assert.ok(compareVersions(parsed("3.99.0"), parsed("3.250.0")) < 0);
    fc.assert(
      fc.property(version, version, (a, b) => Math.sign(compareVersions(a, b)) === -Math.sign(compareVersions(b, a))),
    );
  });

  it("suit an engine from the minimum on, within the same major version", () => {
    const suits = (text: string) => isSuitable(parsed(text), minimum, "3.250.0");
    assert.deepEqual(["3.249.9", "3.250.0", "3.300.1", "4.0.0", "2.900.0"].map(suits), [
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it("suit a control plane in the same minor version only", () => {
    const suits = (text: string) => isSuitable(parsed(text), minor, "1.36.3");
    assert.deepEqual(["1.36.0", "1.36.9", "1.35.3", "1.37.0", "2.36.3"].map(suits), [true, true, false, false, false]);
  });
});
