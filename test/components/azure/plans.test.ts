/** What is decided for Azure before anything exists: the network's parts, node pools, names, and what is refused. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { blobConfig } from "../../../components/backup/blob-names";
import { withSignIn } from "../../../components/cluster/aks-kubeconfig";
import {
  type AksLogs,
  aksProblems,
  type AksRouting,
  type AksSettings,
  planNetworking,
  planPools,
  planRouting,
} from "../../../components/cluster/aks-plan";
import { guid } from "../../../components/identity/azure-roles";
import { worldName } from "../../../components/names";
import { azureSubnets, ENDPOINTS, groupRules, planAzureNetwork } from "../../../components/network/azure-plan";
import { retentionProblems } from "../../../components/observability/log-workspace";
import { encloses, interval, overlaps } from "../../../graph/cidr";
import { scope as awsScope } from "../aws/support";
import { problemsOf } from "../../graph/landscapes";
import { LARGE, onAzure, SMALL } from "./settings";

const scope = { ...awsScope, region: "westeurope" };

describe("the plan of a network on Azure", () => {
  const plan = planAzureNetwork({ range: "10.60.0.0/16", dataSlots: { orders: 0 } });

  it("has one subnet for each tier but the public one, and one for each store and for private endpoints", () => {
    assert.deepEqual(
      azureSubnets(plan, []).map(({ name }) => name),
      ["private", "data-orders", `data-${ENDPOINTS.name}`, "intra"],
    );
    const ranges = plan.subnets.map(({ range }) => interval(range));
    for (const [at, one] of ranges.entries()) {
      assert.ok(encloses(interval("10.60.0.0/16"), one));
      assert.ok(ranges.every((other, index) => index === at || !overlaps(one, other)));
    }
  });

  it("gives a store that must be alone a subnet that nothing else may use", () => {
    const [orders] = azureSubnets(plan, ["orders"]).filter(({ name }) => name === "data-orders");
    assert.equal(orders?.delegation, "Microsoft.DBforPostgreSQL/flexibleServers");
    assert.equal(azureSubnets(plan, []).find(({ name }) => name === "data-orders")?.delegation, undefined);
  });

  it("refuses a store in the slot of the private endpoints", () => {
    const problems = problemsOf(() =>
      planAzureNetwork({ range: "10.60.0.0/16", dataSlots: { orders: ENDPOINTS.slot } }),
    );
    assert.match(String(problems[0]?.want), /a slot of its own/);
  });

  it("denies the data tier last, whatever stands before", () => {
    for (const subnet of azureSubnets(plan, []).filter(({ planned }) => planned.tier === "data")) {
      const inbound = groupRules(subnet, plan).filter(({ direction }) => direction === "Inbound");
      assert.deepEqual([inbound.at(-1)?.access, inbound.at(-1)?.from], ["Deny", "*"]);
    }
  });
});

describe("the plan of an AKS cluster", () => {
  const sound: AksSettings = {
    version: "1.36",
    access: { mode: "private" },
    pools: { general: { size: "Standard_D4ds_v5", min: 3, max: 12 } },
    zones: ["1", "2", "3"],
    routing: {},
  };
  const refused = (change: Partial<AksSettings>) => aksProblems({ ...sound, ...change }).map(({ where }) => where);

  it("is refused outside standard support, open to the world, or without a node for each zone", () => {
    assert.deepEqual(aksProblems(sound), []);
    assert.deepEqual(refused({ version: "1.33" }), ["cluster.version"]);
    assert.deepEqual(refused({ access: { mode: "restricted", ranges: ["0.0.0.0/0"] } }), ["cluster.access.ranges"]);
    assert.deepEqual(refused({ access: { mode: "restricted", ranges: [] } }), ["cluster.access.ranges"]);
    assert.deepEqual(refused({ pools: { general: { size: "x", min: 1, max: 2 } } }), ["cluster.pools.general"]);
    assert.deepEqual(refused({ pools: { Big_one: { size: "x", min: 3, max: 3 } } }), ["cluster.pools.Big_one"]);
    assert.deepEqual(refused({ pools: { small: { size: "x", min: 3, max: 3, disk: "10 GiB" } } }), [
      "cluster.pools.small.disk",
    ]);
  });

  it("has no type with Azure's gateway and Azure's mesh, and is refused where a type was lost", () => {
    // @ts-expect-error both bring a control plane of Istio
    const both: AksRouting = { gateway: true, mesh: { revision: "asm-1-27" } };
    assert.deepEqual(refused({ routing: both }), ["cluster.routing"]);
    assert.deepEqual(refused({ routing: { mesh: { revision: "asm-1-27" } } }), []);
    assert.deepEqual(planRouting({}), {});
    assert.deepEqual(Object.keys(planRouting({ mesh: { revision: "asm-1-27" } })), ["serviceMeshProfile"]);
    assert.deepEqual(planRouting({ gateway: true }).ingressProfile?.webAppRouting.nginx, {
      defaultIngressControllerType: "None",
    });
  });

  it("has no type with threat detection that reports to nobody, or with logs that go nowhere", () => {
    // @ts-expect-error findings need a workspace
    const blind: AksLogs<string> = { defender: true };
    // @ts-expect-error so do the logs of pods
    const deaf: AksLogs<string> = { pods: true };
    const seeing: AksLogs<string> = { workspace: "w", defender: true, pods: true };
    assert.notDeepEqual([blind, deaf], [seeing, seeing]);
  });

  it("makes a pool for each zone and shares its nodes as evenly as whole numbers allow", () => {
    const pools = planPools({ general: { size: "x", min: 4, max: 11 } }, ["1", "2", "3"]);
    assert.deepEqual(
      pools.map(({ name, zone, min, max }) => [name, zone, min, max]),
      [
        ["general1", "1", 2, 4],
        ["general2", "2", 1, 4],
        ["general3", "3", 1, 3],
      ],
    );
  });

  it("puts DNS where Kubernetes has it by custom", () => {
    assert.equal(planNetworking("10.244.0.0/16", "172.20.0.0/16").dnsServiceIP, "172.20.0.10");
  });

  it("signs in with whoever uses the kubeconfig, and keeps nothing of Azure's own user", () => {
    const listed = {
      clusters: [{ name: "aks", cluster: { server: "https://x" } }],
      users: [{ name: "u", user: { token: "secret" } }],
    };
    const made = withSignIn(Buffer.from(JSON.stringify(listed)).toString("base64"), "tenant");
    assert.match(made, /"server":"https:\/\/x"/);
    assert.match(made, /"command":"kubelogin"/);
    assert.ok(!made.includes("secret"));
  });
});

describe("names on Azure", () => {
  it("are short, legal, and differ wherever the stack does", () => {
    const scopes = [
      scope,
      { ...scope, region: "northeurope" },
      { ...scope, stage: "dev" },
      { ...scope, organisation: "other" },
    ];
    const long = { ...scope, organisation: "an-organisation-with-a-long-name", system: "a-system-with-a-long-name" };
    for (const kind of ["keyVault", "registry", "storageAccount"] as const) {
      const all = [...scopes, long].map((each) => worldName(kind, each, "backups"));
      assert.equal(new Set(all).size, all.length);
      for (const name of all) assert.match(name, kind === "registry" ? /^[a-z0-9]{5,50}$/ : /^[a-z][a-z0-9]{2,23}$/);
    }
  });

  it("of role assignments are the same each time", () => {
    assert.equal(guid("a"), guid("a"));
    assert.notEqual(guid("a"), guid("b"));
    assert.match(guid("a"), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("of the place of backups are known before it exists", () => {
    assert.equal(blobConfig(scope)["storageAccount"], worldName("storageAccount", scope, "backups"));
    assert.equal(blobConfig(scope)["useAAD"], "true");
  });
});

describe("settings of a stack on Azure", () => {
  const refused = (raw: Parameters<typeof onAzure>[1]) => problemsOf(() => onAzure("dev", raw));
  const where = (raw: Parameters<typeof onAzure>[1]) =>
    refused(raw).map((problem) => problem.where.split("keelson:")[1]);
  const inCloud = (more: object) => ({ ...SMALL, cloud: { ...Object(SMALL["cloud"]), ...more } });

  it("are read with their defaults", () => {
    const { network, cluster, backup, provider } = onAzure("dev", SMALL);
    assert.deepEqual([network.pods, network.services, cluster.upgrades], ["10.244.0.0/16", "172.20.0.0/16", "patch"]);
    assert.deepEqual([backup.copies, backup.undelete, provider], ["zones", "14 days", "azure"]);
    assert.equal(onAzure("prod", LARGE).backup.copies, "pairedRegion");
  });

  it("name who issues Kong's certificate, for nobody else would", () => {
    const edge = Object.fromEntries(Object.entries(Object(SMALL["edge"])).filter(([key]) => key !== "certificates"));
    assert.deepEqual(where({ ...SMALL, edge }), ["edge.certificates"]);
    assert.match(refused({ ...SMALL, edge })[0]?.mend ?? "", /write certificates: \{ email: .* under keelson:edge/);
  });

  it("know no key of AWS, and say which there are", () => {
    const [problem] = refused({ ...SMALL, network: { cidr: "10.60.0.0/16", nat: "one" } });
    assert.equal(problem?.where, "Pulumi.dev.yaml: keelson:network.nat");
    assert.equal(problem?.want, "one of cidr, pods, services");
    assert.deepEqual(where({ ...SMALL, cluster: { ...Object(SMALL["cluster"]), deployRole: "x" } }), [
      "cluster.deployRole",
    ]);
    assert.deepEqual(where({ ...SMALL, backup: { lock: { mode: "none" } } }), ["backup.lock"]);
    const rds = { flavour: "rds", slot: 0, class: "db.t4g.medium", disk: "50 GiB", multiZone: false };
    assert.deepEqual(where({ ...SMALL, stores: { orders: rds } }), ["stores.orders.flavour"]);
  });

  it("name the clouds there are where another is meant", () => {
    const [problem] = problemsOf(() => onAzure("dev", inCloud({ provider: "gcp" }))).filter((each) =>
      /provider/.test(each.where),
    );
    assert.equal(problem?.want, "one of aws, azure");
  });

  it("are refused in a region without zones, and copies where there is no pair", () => {
    assert.deepEqual(where(inCloud({ region: "ukwest" })), ["cloud.region"]);
    assert.match(String(refused(inCloud({ region: "ukwest" }))[0]?.mend), /region: uksouth/);
    assert.deepEqual(where({ ...inCloud({ region: "polandcentral" }), backup: { copies: "pairedRegion" } }), [
      "backup.copies",
    ]);
  });

  it("are refused where ranges meet, pods' too", () => {
    const network = (more: object) => ({ ...SMALL, network: { cidr: "10.60.0.0/16", ...more } });
    assert.deepEqual(where(network({ pods: "10.60.128.0/17" })), ["network.pods"]);
    assert.deepEqual(where(network({ pods: "172.20.0.0/17" })), ["network.pods"]);
    assert.deepEqual(where(network({ services: "10.60.0.0/20" })), ["network.services"]);
  });

  it("are refused with threat detection that has nowhere to report, and times that Azure does not keep", () => {
    assert.deepEqual(where({ ...SMALL, cluster: { ...Object(SMALL["cluster"]), defender: true } }), [
      "cluster.defender",
    ]);
    assert.deepEqual(where({ ...SMALL, backup: { undelete: "400 days" } }), ["backup.undelete"]);
    assert.equal(retentionProblems("7 days").length, 1);
    assert.deepEqual(where({ ...SMALL, cluster: { ...Object(SMALL["cluster"]), logs: "7 days" } }), ["cluster.logs"]);
  });

  it("are refused with logs of pods that have no workspace, and with one zone twice", () => {
    assert.deepEqual(where({ ...SMALL, logs: { to: "logAnalytics" } }), ["logs.to"]);
    assert.deepEqual(where(inCloud({ zones: ["1", "1", "3"] })), ["cloud.zones"]);
  });
});
