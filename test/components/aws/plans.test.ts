import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { backupProblems, planBackup } from "../../../components/backup/plan";
import { eksProblems, planEndpoint, planGroups, type Pool } from "../../../components/cluster/eks-plan";
import { type Child, type ChildOptions, Component } from "../../../components/component";
import { planRules, type RouteLimit } from "../../../components/edge/alb-waf";
import { policyDocument } from "../../../components/identity/statement";
import { bucketName, fit, mandatoryTags, physicalName } from "../../../components/names";
import { days, type Duration, seconds } from "../../../graph/units";
import { capture, scope } from "./support";

const where = (problems: readonly { readonly where: string }[]) => problems.map((problem) => problem.where);

describe("physical names", () => {
  it("never exceed their limit, and never meet when they are cut", () => {
    const text = fc.stringMatching(/^[a-z][a-z0-9-]{0,80}$/);
    fc.assert(
      fc.property(text, text, fc.integer({ min: 20, max: 64 }), (a, b, limit) => {
        assert.ok(fit(a, limit).length <= limit);
        if (a !== b) assert.notEqual(fit(`${a}x`, limit), fit(`${b}x`, limit));
      }),
    );
  });

  it("stay as they are while they fit, and keep their hash when they do not", () => {
    assert.equal(physicalName("role", scope, "velero"), "shop-prod-eu-west-1-velero");
    assert.match(fit("a".repeat(30), 20), /^a{11}-[0-9a-f]{8}$/);
  });

  it("differ between regions, so that a recovery region does not meet the names of a lost one", () => {
    const other = { ...scope, region: "eu-central-1", regionRole: "recovery" } as const;
    assert.notEqual(physicalName("role", scope, "velero"), physicalName("role", other, "velero"));
    assert.notEqual(bucketName(scope, "backups"), bucketName(other, "backups"));
  });

  it("come with the mandatory tags", () => {
    assert.deepEqual(mandatoryTags(scope), {
      system: "shop",
      stage: "prod",
      "region-role": "primary",
      owner: "platform",
      "cost-centre": "shop",
      "managed-by": "pulumi",
    });
  });
});

describe("a component", () => {
  class Sample extends Component {
    constructor(name: string, build: (child: (role: string, more?: ChildOptions) => Child, self: Sample) => void) {
      super("test:Sample", name);
      build((role, more) => this.child(role, more), this);
    }
    protected override formerRoles() {
      return { present: "past" };
    }
  }

  class Part extends pulumi.ComponentResource {
    constructor([name, options]: Child) {
      super("test:Part", name, {}, options);
    }
  }

  it("names its children after itself", async () => {
    const { graph } = await capture(() => new Sample("one", (child) => void new Part(child("part"))));
    assert.deepEqual(graph.map(({ type, name }) => `${type} ${name}`).toSorted(), [
      "keelson:test:Sample one",
      "test:Part one-part",
    ]);
  });

  it("refuses a child outside its name, at any depth", async () => {
    const stray = () => new Sample("one", (_child, self) => void new Part(["stray", { parent: self }]));
    await assert.rejects(
      capture(stray),
      /component one: got a child test:Part named "stray", want .* begins with "one-"/,
    );
    const deep = () =>
      new Sample("one", (child) => {
        const part = new Part(child("part"));
        return void new Part(["two", { parent: part }]);
      });
    await assert.rejects(capture(deep), /named "two"/);
  });

  it("refuses a role that is no role", async () => {
    await assert.rejects(
      capture(() => new Sample("one", (child) => void child("Big One"))),
      /got the role "Big One"/,
    );
  });

  it("keeps the identity of a child whose role was renamed", async () => {
    let options: pulumi.CustomResourceOptions = {};
    await capture(() => new Sample("one", (child) => void ([, options] = child("present"))));
    assert.deepEqual(options.aliases, [{ name: "one-past" }]);
  });
});

describe("a policy document", () => {
  it("is plain text as long as every ARN is", async () => {
    const statement = { sid: "A", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] } as const;
    assert.equal(typeof policyDocument([statement]), "string");
    const { made } = await capture(() => policyDocument([{ ...statement, resources: [pulumi.output("x")] }]));
    assert.ok(pulumi.Output.isInstance(made));
  });
});

describe("a cluster plan", () => {
  const pool: Pool = { instanceTypes: ["m6i.large"], min: 2, max: 7 };

  it("shares a pool's nodes among its zones without losing or adding one", () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.nat({ max: 50 }), fc.integer({ min: 1, max: 3 }), (a, b, count) => {
        const zones = ["a", "b", "c"].slice(0, count);
        const groups = planGroups({ p: { ...pool, min: Math.min(a, b), max: Math.max(a, b) } }, zones);
        const sum = (of: "min" | "max") => groups.reduce((total, group) => total + group[of], 0);
        assert.deepEqual([sum("min"), sum("max")], [Math.min(a, b), Math.max(a, b)]);
        for (const { min, max } of groups) assert.ok(min <= max);
        const sizes = groups.map(({ max }) => max);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });

  it("keeps a pool in the zones it names", () => {
    const groups = planGroups({ p: { ...pool, zones: ["b"] } }, ["a", "b"]);
    assert.deepEqual(
      groups.map(({ zone, min, max }) => [zone, min, max]),
      [["b", 2, 7]],
    );
  });

  it("never opens the API to the world", () => {
    assert.deepEqual(planEndpoint({ mode: "private" }), { endpointPrivateAccess: true, endpointPublicAccess: false });
    const base = { version: "1.36", pools: { p: pool }, zones: ["a"] };
    const open = (...ranges: `${string}/${number}`[]) =>
      eksProblems({ ...base, access: { mode: "restricted", ranges } });
    assert.deepEqual(where(open("0.0.0.0/1", "128.0.0.0/1")), ["cluster.access.ranges", "cluster.access.ranges"]);
    assert.deepEqual(where(open()), ["cluster.access.ranges"]);
    assert.deepEqual(open("203.0.113.0/24"), []);
  });

  it("reports an old version, a pool too small for its zones and an unknown zone at once", () => {
    const pools = { p: { ...pool, max: 1, min: 2 }, q: { ...pool, zones: ["x"] } };
    const problems = eksProblems({ version: "1.31", access: { mode: "private" }, pools, zones: ["a", "b", "c"] });
    assert.deepEqual(where(problems), ["cluster.version", "cluster.pools.p", "cluster.pools.q.zones"]);
  });
});

describe("firewall rules", () => {
  it("come known attacks first, then one limit for each path, the stricter one of two", () => {
    const limits: RouteLimit[] = [
      { path: "/orders", rate: "1 per second" },
      { path: "/orders", rate: "1000 per minute" },
      { path: "/", rate: "1 per hour" },
    ];
    assert.deepEqual(
      planRules(limits).map((rule) => ("path" in rule ? [rule.name, rule.requests] : rule.name)),
      ["reputation", "known-bad-inputs", "common", "sql", ["limit-orders", 300], ["limit-root", 10]],
    );
  });
});

describe("a backup plan", () => {
  const namespaces = ["user-service", "order-service"];

  it("saves the system's namespaces daily for 30 days, and all but the platform's weekly for 90", () => {
    assert.deepEqual(planBackup({ namespaces }).schedules, [
      {
        name: "daily",
        cron: "0 2 * * *",
        every: "24 hours",
        retention: "30 days",
        ttl: "720h0m0s",
        scope: { only: ["order-service", "user-service"] },
      },
      {
        name: "weekly",
        cron: "0 3 * * 0",
        every: "7 days",
        retention: "90 days",
        ttl: "2160h0m0s",
        scope: { allBut: ["kube-node-lease", "kube-public", "kube-system"] },
      },
    ]);
  });

  it("never lets more time pass between two backups than may be lost, also over midnight", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 72 }), (hours) => {
        const [daily] = planBackup({ namespaces, rpo: `${hours} hours` }).schedules;
        const step = seconds(daily?.every ?? "1 second");
        assert.ok(step <= hours * 3_600);
        assert.equal(86_400 % step, 0);
        assert.equal(daily?.cron, step === 86_400 ? "0 2 * * *" : `0 */${step / 3_600} * * *`);
      }),
    );
  });

  it("never locks a backup for longer than any backup is kept", () => {
    const some = fc.integer({ min: 7, max: 120 }).map((count): Duration => `${count} days`);
    fc.assert(
      fc.property(some, some, some, (daily, weekly, period) => {
        const args = { namespaces, daily, weekly, lock: { mode: "compliance", for: period } } as const;
        const shortest = Math.min(days(daily), days(weekly));
        if (days(period) > shortest) {
          assert.deepEqual(where(backupProblems(args)), ["backup.lock.for"]);
          assert.throws(() => planBackup(args), /at most the shortest retention/);
        } else {
          const plan = planBackup(args);
          assert.deepEqual(plan.lock, { mode: "compliance", days: days(period) });
          assert.ok(plan.oldVersionDays >= days(period));
        }
      }),
    );
  });

  it("reports everything that is wrong at once", () => {
    const problems = backupProblems({ namespaces: [], rpo: "10 minutes", daily: "5 minutes", weekly: "2 days" });
    assert.deepEqual(where(problems), ["backup.namespaces", "backup.rpo", "backup.daily", "backup.weekly"]);
  });
});
