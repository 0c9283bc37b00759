import assert from "node:assert/strict";
import { InvalidInput } from "../../graph/problems";
import { parseCommand, required, stackOf } from "../../cli/arguments";
import { type Verb } from "../../cli/verb";

const never = () => Promise.reject(new Error("not loaded by parsing"));
const stack = { short: "s", value: "STACK", about: "" };
const verbs: Readonly<Record<string, Verb>> = {
  plan: { about: "", ends: [0], flags: { stack, json: { about: "" } }, load: never },
  why: { about: "", ends: [0], words: ["A", "B"], flags: { stack }, load: never },
  check: { about: "", ends: [0], words: ["FILE"], many: true, flags: {}, load: never },
};

const problemsOf = (...argv: readonly string[]): InvalidInput["problems"] => {
  try {
    parseCommand(argv, verbs);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
  }
  return [];
};

describe("the command line", () => {
  it("gives a verb its flags and words", () => {
    const { name, args } = parseCommand(["why", "order", "payment", "-s", "prod"], verbs);
    assert.deepEqual([name, args.words, stackOf(args)], ["why", ["order", "payment"], "prod"]);
  });

  it("means stack dev when none is named", () => {
    assert.equal(stackOf(parseCommand(["plan", "--json"], verbs).args), "dev");
  });

  it("names the known verbs and the one most likely meant", () => {
    const [problem] = problemsOf("plna");
    assert.deepEqual(problem, { where: "verb", got: '"plna"', want: "one of plan, why, check", mend: "write plan" });
  });

  it("does not take a property of every object for a verb", () => {
    assert.equal(problemsOf("constructor")[0]?.where, "verb");
  });

  it("tells all mistakes of a line at once", () => {
    const problems = problemsOf("why", "order", "--jsn", "--stack");
    assert.deepEqual(
      problems.map(({ where, got }) => `${where}: ${got}`),
      ['flag: "--jsn"', "--stack: no value", 'keelson why: "order"'],
    );
  });

  it("suggests the flag most likely meant", () => {
    assert.equal(problemsOf("plan", "--jsno")[0]?.mend, "write --json");
  });

  it("refuses a value for a switch and a flag in place of a value", () => {
    assert.equal(problemsOf("plan", "--json=yes")[0]?.want, "no value");
    assert.equal(problemsOf("plan", "-s", "--json")[0]?.got, "no value");
  });

  it("refuses a word too many unless the verb takes many", () => {
    assert.equal(problemsOf("plan", "prod")[0]?.want, "no further word");
    assert.deepEqual(parseCommand(["check", "a.yaml", "b.yaml"], verbs).args.words, ["a.yaml", "b.yaml"]);
  });

  it("says which flag a verb cannot do without", () => {
    assert.throws(
      () => required({ flags: {}, words: [] }, "out", "DIR"),
      /--out: got nothing, want DIR; write --out DIR/,
    );
  });
});
