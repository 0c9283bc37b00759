/** The suite itself: what it would say if a place lost something, and if a name were out of date. */
import assert from "node:assert/strict";
import { ASPECTS } from "./aspects";
import { type Combination, GROUPS } from "./combinations";
import { describe as told, type Deviation, deviations, idle, isNamed, type Lines, readDifferences } from "./compare";

const lines: Lines = (aspect, combination) => new Map(ASPECTS[aspect](combination).map((line) => [line.text, line]));

const group =
  GROUPS.find(([first]) => first?.system === "payments" && first.stage === "prod") ?? assert.fail("no payments");
const [first, ...others] = group;
const differences = readDifferences();

/** What would be said if the first place were changed so, and nothing had a further name. */
function unnamed(change: (combination: Combination) => Combination): readonly Deviation[] {
  assert.ok(first !== undefined);
  return deviations([change(first), ...others], lines).filter((deviation) => !isNamed(differences, deviation));
}

const dropping =
  (kind: string, name: string) =>
  (combination: Combination): Combination => {
    const objects = combination.objects.filter(
      ({ manifest }) => manifest.kind !== kind || manifest.metadata.name !== name,
    );
    assert.equal(objects.length, combination.objects.length - 1, `${kind} ${name}`);
    return { ...combination, objects };
  };

const aspects = (found: readonly Deviation[]): readonly string[] => [...new Set(found.map(({ aspect }) => aspect))];

describe("the comparison", () => {
  it("finds nothing where nothing was changed", () =>
    assert.deepEqual(
      unnamed((same) => same),
      [],
    ));

  it("notices an object that one place lacks, by the rules it was under", () => {
    const found = unnamed(dropping("NetworkPolicy", "service-payment"));
    assert.deepEqual(aspects(found), ["posture"]);
    assert.ok(
      found.some(({ line }) => line.startsWith("network-dns-egress violated ")),
      found.map(told).join("\n"),
    );
  });

  it("notices a monitor, an alert or a panel that one place lacks", () => {
    assert.ok(aspects(unnamed(dropping("ServiceMonitor", "payment"))).includes("telemetry"));
    assert.ok(aspects(unnamed(dropping("PrometheusRule", "sessions"))).includes("telemetry"));
    assert.ok(aspects(unnamed(dropping("ConfigMap", "dashboard-payments"))).includes("telemetry"));
  });

  it("notices a backup that one place lacks", () => {
    for (const [kind, name] of [
      ["Schedule", "weekly"],
      ["ScheduledBackup", "payments-daily"],
      ["ObjectStore", "payments"],
    ] as const)
      assert.ok(aspects(unnamed(dropping(kind, name))).includes("backup"), kind);
  });

  it("notices an edge of the graph, and a width, that one place lacks", () => {
    const without = (pick: (from: string, to: string) => boolean) => (combination: Combination) => ({
      ...combination,
      graph: { ...combination.graph, edges: combination.graph.edges.filter(({ from, to }) => !pick(from, to)) },
    });
    const found = unnamed(without((from, to) => from === "service/payment" && to === "external/acquirer"));
    assert.ok(found.every(({ aspect }) => aspect === "reach"));
    assert.ok(found.some(({ line }) => line === "service/payment -> external/acquirer on TCP 443"));
    assert.ok(found.some(({ line }) => line.endsWith("also means every address in the ranges")));
  });

  it("says where a difference is, what it is, and what to do about it", () => {
    const [found] = unnamed(dropping("Schedule", "weekly")).filter(({ aspect }) => aspect === "backup");
    const message = told(found ?? assert.fail("nothing noticed"));
    assert.match(message, /^backup: weekly backups at /);
    assert.match(message, /holds on +payments prod on aws behind kong with portable routes; /);
    assert.match(message, /not on +payments prod on aws behind alb with portable routes\n/);
    assert.match(message, /mend .*differences\.json, .*"only":\{"edge":"kong"\}/);
  });

  it("takes a name for what holds in all places of its description and in no other", () => {
    const found = unnamed(dropping("Schedule", "weekly")).filter(({ aspect }) => aspect === "backup");
    const name = { aspect: "backup", what: ["weekly backups *"], because: "a test" } as const;
    const named = (only: object): boolean => found.every((each) => isNamed([{ ...name, only }], each));
    assert.ok(named({ edge: "kong" }));
    assert.ok(!named({ edge: "alb" }) && !named({ cloud: "aws" }) && !named({ routes: "kong" }));
    assert.ok(!isNamed([{ ...name, only: { edge: "kong" }, of: { system: "shop" } }], found[0] ?? assert.fail()));
  });

  it("says which name names nothing", () => {
    const stale = {
      aspect: "reach",
      what: ["service/* -> the moon"],
      only: { edge: "kong" },
      because: "a test",
    } as const;
    assert.deepEqual(
      idle([stale], deviations(group, lines)).map(({ what }) => what),
      ["service/* -> the moon"],
    );
  });
});
