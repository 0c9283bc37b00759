import assert from "node:assert/strict";
import { apiClient, type ApiClient } from "../../embedded/plane/api";
import { toolContext } from "../../embedded/toolchain/context";
import type { Manifest } from "../../graph/manifest";
import { RULES } from "../../policies/rules/all";
import { removePlane, startPlane, type TestPlane } from "../support/plane";
import { CONTROL_NAMES, JUDGED_RULES, LEVELS, NEVER_ALONE } from "./oracle/controls";
import { ephemeralContainers, mutated } from "./oracle/mutations";
import { CONFINED, modulePods, OWN_USERS, programPods, WINDOWS, type Origin, type Template } from "./oracle/pods";
import {
  compare,
  compareWorkload,
  enforcing,
  ephemeralContainer,
  establish,
  namespaces,
  podCreation,
  together,
  type Compared,
  type WorkloadKind,
} from "./oracle/server";
import { broken, commonest, disagreements, merged, table, tally } from "./oracle/table";

/** Another one each run, so that time finds what one run does not; the same again with KEELSON_TEST_SEED. */
const SEED = Number(process.env["KEELSON_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const PODS = 2_000;
const PER_KIND = 60;
const EPHEMERAL = 300;
/** The least share of either verdict at either level. */
const LEAST_SHARE = 0.2;

const selected = (template: Template): Template => ({
  ...template,
  metadata: { ...template.metadata, labels: { app: "oracle" } },
});
const selector = { matchLabels: { app: "oracle" } };
const restarting = (policy: string, template: Template): Template => ({
  ...template,
  spec: { ...template.spec, restartPolicy: policy },
});
const running = (template: Template) => selected(restarting("Always", template));
const job = (template: Template) => ({ template: restarting("Never", template) });

const KINDS: readonly WorkloadKind[] = [
  ...[
    { kind: "Deployment", resource: "deployments" },
    { kind: "ReplicaSet", resource: "replicasets" },
    { kind: "DaemonSet", resource: "daemonsets" },
  ].map((each) => ({
    ...each,
    apiVersion: "apps/v1",
    holds: (template: Template) => ({ spec: { selector, template: running(template) } }),
  })),
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    resource: "statefulsets",
    holds: (template) => ({ spec: { serviceName: "oracle", selector, template: running(template) } }),
  },
  { apiVersion: "batch/v1", kind: "Job", resource: "jobs", holds: (template) => ({ spec: job(template) }) },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    resource: "cronjobs",
    holds: (template) => ({ spec: { schedule: "@daily", jobTemplate: { spec: job(template) } } }),
  },
  {
    apiVersion: "v1",
    kind: "ReplicationController",
    resource: "replicationcontrollers",
    holds: (template) => ({ spec: { selector: selector.matchLabels, template: running(template) } }),
  },
  {
    apiVersion: "v1",
    kind: "PodTemplate",
    resource: "podtemplates",
    holds: (template) => ({ template: running(template) }),
  },
];

/** Pods that stand in every namespace before a container is added to them. */
const STANDING: readonly Manifest[] = Object.entries({ linux: CONFINED, windows: WINDOWS, users: OWN_USERS }).map(
  ([name, { spec }]) => ({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec }),
);

describe("Pod Security, by the API server and by our rules", function () {
  this.timeout(600_000);
  let plane: TestPlane | undefined;
  let api: ApiClient;
  let version = "";
  let origins: readonly Origin[] = [];
  const all: Compared[] = [];
  const began = Date.now();

  before(async () => {
    plane = await startPlane();
    api = apiClient(plane.record);
    version = plane.record.version;
    for (const each of namespaces(minor())) await establish(api, each);
    origins = [...programPods(), ...(await modulePods(version.replace(/^v1\./, "v0."), toolContext()))];
  });

  after(async () => {
    api?.close();
    if (plane !== undefined) await removePlane(plane);
  });

  const minor = (): string => version.split(".").slice(0, 2).join(".");

  const agree = (compared: Compared): void => {
    all.push(compared);
    const found = disagreements(compared);
    assert.ok(compared.comparisons.length > 0);
    assert.equal(found.length, 0, `${found.length} disagreements (seed ${SEED})\n${found.slice(0, 10).join("\n")}`);
  };

  it("has a control for every rule that says it is Pod Security's, and no other", () => {
    const tagged = RULES.filter(({ standards }) => standards.some((standard) => standard.startsWith("pss-")));
    assert.deepEqual(tagged.map(({ id }) => id).toSorted(), JUDGED_RULES.toSorted());
  });

  it("agree on every pod that the program renders, none of which is invalid", async () => {
    const pods = programPods();
    assert.ok(pods.length >= 12);
    const compared = merged(await together(pods, ({ from, pod }) => compare(api, podCreation(from, pod))));
    assert.deepEqual(compared.discarded, []);
    agree(compared);
  });

  it("agree on the test data of Pod Security itself", async () => {
    assert.ok(origins.length > 200, "the module's test data is not there");
    agree(merged(await together(origins, ({ from, pod }) => compare(api, podCreation(from, pod)))));
  });

  it("agree on pods that were changed at random", async () => {
    const bases = [
      ...origins,
      ...programPods(),
      ...[CONFINED, WINDOWS, OWN_USERS].map((pod) => ({ from: "smallest", pod })),
    ];
    const cases = mutated(bases, { seed: SEED, count: PODS });
    agree(merged(await together(cases, ({ name, pod }) => compare(api, podCreation(name, pod)))));
  });

  for (const [index, kind] of KINDS.entries())
    it(`agree on the pods of a ${kind.kind}`, async () => {
      const cases = mutated(origins, { seed: SEED + index + 1, count: PER_KIND });
      agree(merged(await together(cases, (each) => compareWorkload(api, kind, each))));
    });

  it("agree on containers that are added to a running pod", async () => {
    for (const place of ["privileged", ...LEVELS] as const)
      for (const pod of STANDING)
        await api.call({ method: "POST", path: `/api/v1/namespaces/${enforcing(place)}/pods`, body: pod });
    const cases = ephemeralContainers({ seed: SEED, count: EPHEMERAL });
    const asked = cases.map(({ name, container }, index) =>
      ephemeralContainer(name, STANDING[index % STANDING.length] as Manifest, container),
    );
    agree(merged(await together(asked, (each) => compare(api, each))));
  });

  it("were asked thousands of times, with both verdicts at both levels, and no rule without a case that needs it", () => {
    const whole = merged(all);
    const { comparisons } = whole;
    const seconds = ((Date.now() - began) / 1_000).toFixed(0);
    console.log(
      [
        `    the API server ${version}, levels pinned to ${minor()}; seed ${SEED}; ${seconds} s with its start`,
        ...table(whole).map((line) => `    ${line}`),
        `    discarded, because the API server refuses them where nothing is enforced:`,
        ...commonest(
          whole.discarded.map(({ why }) => why),
          8,
        ).map((line) => `    ${line}`),
        `    ${comparisons.length} verdicts compared, ${disagreements(whole).length} disagreements`,
      ].join("\n"),
    );
    assert.ok(comparisons.length > 3_000);
    for (const level of LEVELS) {
      const { verdicts, admitted, refused } = tally(comparisons, level);
      for (const share of [admitted, refused])
        assert.ok(share / verdicts > LEAST_SHARE, `${level}: ${share} of ${verdicts}`);
    }
    const counted = CONTROL_NAMES.map(
      (control) => [control, LEVELS.map((level) => broken(comparisons, level, control))] as const,
    );
    const idle = counted.filter(([, counts]) => counts.every(({ all: any }) => any === 0));
    assert.deepEqual(idle, [], "never broken");
    const needless = counted
      .filter(([, counts]) => counts.every(({ alone }) => alone === 0))
      .map(([control]) => control);
    assert.deepEqual(needless, NEVER_ALONE, "taking its rule away would not be noticed");
  });
});
