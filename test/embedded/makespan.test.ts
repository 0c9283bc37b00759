import assert from "node:assert/strict";
import fc from "fast-check";
import { criticalPath, schedule, type Task } from "../../embedded/makespan";

/** Random graphs without cycles: a task depends on earlier ones only. */
const tasks = fc
  .array(fc.record({ seconds: fc.integer({ min: 0, max: 50 }), picks: fc.array(fc.nat(), { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((rows) =>
    rows.map(({ seconds, picks }, index): Task => ({
      urn: `t${index}`,
      seconds,
      dependencies: index === 0 ? [] : [...new Set(picks.map((pick) => `t${pick % index}`))],
    })),
  );

const total = (all: readonly Task[]): number => all.reduce((sum, { seconds }) => sum + seconds, 0);

const starts = (all: readonly Task[], ends: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
  new Map(all.map(({ urn, seconds }) => [urn, (ends.get(urn) ?? NaN) - seconds]));

describe("a modelled deployment", () => {
  it("runs one after the other on one slot", () => {
    fc.assert(fc.property(tasks, (all) => schedule(all, 1).makespan === total(all)));
  });

  it("takes as long as its longest chain when nothing limits it", () => {
    fc.assert(
      fc.property(tasks, (all) => {
        const path = criticalPath(all);
        const seconds = new Map(all.map((task) => [task.urn, task.seconds]));
        const along = path.urns.reduce((sum, urn) => sum + (seconds.get(urn) ?? NaN), 0);
        assert.equal(along, path.seconds);
        assert.equal(schedule(all, Infinity).makespan, path.seconds);
      }),
    );
  });

  it("never starts a task before its dependencies end, nor more tasks than slots", () => {
    fc.assert(
      fc.property(tasks, fc.integer({ min: 1, max: 6 }), (all, slots) => {
        const { ends } = schedule(all, slots);
        const begun = starts(all, ends);
        assert.equal(ends.size, all.length);
        for (const { urn, dependencies } of all)
          for (const each of dependencies) assert.ok((begun.get(urn) ?? NaN) >= (ends.get(each) ?? NaN));
        const instants = [...begun.values()];
        for (const now of instants) {
          const running = all.filter(({ urn }) => (begun.get(urn) ?? NaN) <= now && now < (ends.get(urn) ?? NaN));
          assert.ok(running.length <= slots);
        }
      }),
    );
  });

  it("leaves out dependencies that are no tasks", () => {
    assert.equal(schedule([{ urn: "a", seconds: 3, dependencies: ["provider"] }], 2).makespan, 3);
  });

  it("names the chain that decides", () => {
    const chain = criticalPath([
      { urn: "vpc", seconds: 10, dependencies: [] },
      { urn: "bucket", seconds: 12, dependencies: [] },
      { urn: "cluster", seconds: 600, dependencies: ["vpc"] },
    ]);
    assert.deepEqual(chain, { seconds: 610, urns: ["vpc", "cluster"] });
  });
});
