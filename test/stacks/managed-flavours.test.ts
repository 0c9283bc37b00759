/** The same system with its stores in the cluster, or as services of either cloud: one setting each, and what is refused. */
import assert from "node:assert/strict";
import { plannedSecrets } from "../../components/data/credential-objects";
import type { Problem } from "../../graph/problems";
import { compileStack } from "../../stacks/compile";
import { factsOf } from "../../stacks/facts";
import type { AzureSettings, Settings } from "../../stacks/schema";
import { type Raw, readSettings } from "../../stacks/settings";
import { shrinkProblems } from "../../stacks/shrinking";
import { LARGE, MANAGED, MANAGED_STORES, onAzure, SMALL } from "../components/azure/settings";
import { problemsOf } from "../graph/landscapes";
import { at, DEV, PROD } from "../objects/stacks";

const edges = (settings: Settings) =>
  compileStack(settings).edges.flatMap(({ from, to, capability }) =>
    capability?.lends === "store" ? [`${from} ${capability.access} ${to}`] : [],
  );

const flavours = ({ stores }: Settings) => Object.values(stores).map(({ flavour }) => flavour);

const problems = (stores: Raw): readonly Problem[] =>
  problemsOf(() => onAzure("dev", { ...MANAGED, stores: { ...MANAGED_STORES, ...stores } }));

const managed = onAzure("dev", MANAGED);

describe("managed flavours", () => {
  it("are one setting away on either cloud, and leave every edge to a store as it is", () => {
    const stacks: readonly Settings[] = [DEV.settings, PROD.settings, onAzure("dev", SMALL), managed];
    assert.deepEqual(stacks.map(flavours), [
      ["cloudnative-pg", "cloudnative-pg", "valkey"],
      ["rds", "rds", "elasticache"],
      ["cloudnative-pg", "cloudnative-pg", "valkey"],
      ["flexible-server", "flexible-server", "managed-redis"],
    ]);
    for (const stack of stacks) assert.deepEqual(edges(stack), edges(DEV.settings));
  });

  it("are reached under the same names, each in its own range, at the port that is theirs", () => {
    const { stores } = compileStack(managed).landscape;
    assert.equal(stores["orders"]?.host, "orders.shop-dev.internal");
    const ranges = ["orders", "payments", "sessions"].map((name) => at(stores[name]?.place, "ranges", 0));
    assert.equal(new Set(ranges).size, 3);
    const node = compileStack(managed).nodes.get("store/sessions");
    assert.deepEqual(
      node?.serves.map(({ port }) => port),
      [10_000],
    );
  });

  it("keep one login for each service, but for Managed Redis, which knows one for all", () => {
    const secret = (name: string) =>
      plannedSecrets(compileStack(managed), factsOf(managed)).find((each) => each.name === name)?.values;
    assert.deepEqual(secret("order-orders-credential")?.["username"], { is: "text", text: "order" });
    assert.deepEqual(secret("order-sessions-credential")?.["username"], { is: "text", text: "default" });
    assert.deepEqual(secret("order-sessions-credential")?.["port"], { is: "text", text: "10000" });
  });

  it("are refused on the cloud that does not have them", () => {
    const [problem] = problemsOf(() => readSettings("dev", { ...SMALL, stores: { orders: { flavour: "rds" } } }));
    assert.equal(problem?.want, "one of cloudnative-pg, flexible-server, valkey, managed-redis");
  });
});

describe("a managed store on Azure is refused", () => {
  const { orders, sessions } = MANAGED_STORES;
  const refused = (what: string, stores: Raw, where: string, want: RegExp) =>
    it(what, () => {
      const [problem, ...more] = problems(stores);
      assert.deepEqual(more, []);
      assert.equal(problem?.where, `Pulumi.dev.yaml: keelson:stores.${where}`);
      assert.match(problem.want, want);
    });

  refused(
    "without a private network of its own",
    { orders: { ...orders, slot: undefined } },
    "orders.slot",
    /private data subnets/,
  );
  refused("in another's", { orders: { ...orders, slot: 1 } }, "payments.slot", /of its own/);
  refused("where the private endpoints are", { sessions: { ...sessions, slot: 15 } }, "sessions.slot", /0 to 14/);
  refused("with a disk Azure does not have", { orders: { ...orders, disk: "100 GiB" } }, "orders.disk", /64, 128/);
  refused("with too few backups", { orders: { ...orders, backups: "3 days" } }, "orders.backups", /7 days to 35/);
  refused(
    "over zones in a tier that has no standby",
    { orders: { ...orders, class: "Standard_B2s" } },
    "orders.class",
    /general or memory-optimised/,
  );

  it("when what a lost region costs is more than was promised, unless the data is given up", () => {
    const kept = onAzure("prod", { ...LARGE, stores: { ...Object(LARGE["stores"]), orders, sessions } });
    assert.deepEqual(
      problemsOf(() => compileStack(kept)).map(({ where, got }) => [where, got]),
      [["store/orders", "a restore in northeurope from point-in-time that may lose 1 hour"]],
    );
    assert.deepEqual(
      problemsOf(() => compileStack(managed)),
      [],
    );
  });

  it("when its disk would shrink", () => {
    const recorded = {
      type: "azure-native:dbforpostgresql:Server",
      urn: "urn:pulumi:dev::keelson::x::orders-server",
      inputs: { storage: { storageSizeGB: 128 } },
    };
    const found = (settings: AzureSettings) => shrinkProblems(settings, [recorded]).map(({ got }) => got);
    assert.deepEqual(found(managed), ["64 GiB, less than the 128 GiB that are there"]);
    const grown = { ...MANAGED_STORES, orders: { ...orders, disk: "128 GiB" } };
    assert.deepEqual(found(onAzure("dev", { ...MANAGED, stores: grown })), []);
  });
});
