import assert from "node:assert/strict";
import { apiClient, ApiError, type ApiClient } from "../../embedded/plane/api";
import { installDefinitions } from "../../embedded/plane/definitions";
import { toolContext } from "../../embedded/toolchain/context";
import { findCrds } from "../../embedded/toolchain/crds";
import type { Manifest } from "../../graph/manifest";
import { eachContainer } from "../../policies/admission/form";
import { ADMITTING_RULES, policy, policyName, type AdmittingRule } from "../../policies/admission/objects";
import { overPods, POD_SHAPES } from "../../policies/admission/pods";
import { spec as podSpec } from "../policies/support/samples";
import { DEV, ofKind, PROD } from "../objects/stacks";
import { removePlane, startPlane, type TestPlane } from "../support/plane";
import { pairs, randomObjects } from "./oracle/admission-cases";
import {
  applyAll,
  disagreement,
  eventually,
  LANES,
  policies,
  said,
  verdictsOn,
  type Verdicts,
} from "./oracle/admission-server";
import { establish, together } from "./oracle/server";
import { commonest } from "./oracle/table";

const SEED = Number(process.env["KEELSON_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const OBJECTS = 2_500;
const LEAST_SHARE = 0.2;

const CRDS = [
  "gateway-api",
  "cloudnative-pg",
  "argo-cd",
  "argo-rollouts",
  "velero",
  "aws-load-balancer-controller",
  "kong",
] as const;

const ADMISSION = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"] as const;

/** A policy that nobody is bound to, for what the type checker says of it. */
const checked = (name: string, rule: AdmittingRule, shape: (typeof POD_SHAPES)[number]): readonly Manifest[] => {
  const { admission } = rule;
  if (admission.over !== "pods") return [];
  const spec = policy({ ...rule, admission: { over: "objects", of: [shape.of], variables: [], holds: "true" } }).spec;
  const validations = [{ expression: overPods(`[${shape.spec}]`, admission) }];
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name },
      spec: { ...spec, validations },
    },
  ];
};

interface Checked {
  readonly observedGeneration?: number;
  readonly typeChecking?: { readonly expressionWarnings?: readonly { readonly warning: string }[] };
}

describe("the rules at admission", function () {
  this.timeout(600_000);
  let plane: TestPlane | undefined;
  let api: ApiClient;
  const all: Verdicts[] = [];

  before(async () => {
    plane = await startPlane();
    api = apiClient(plane.record);
    const { crds, missing } = await findCrds(CRDS, toolContext());
    assert.deepEqual([missing, (await installDefinitions(api, crds)).refused], [[], []]);
    for (const name of LANES) {
      const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
      await establish(api, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
      for (const account of ["app", "order"])
        await applyAll(api, [
          { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: name } },
        ]);
    }
    await applyAll(api, policies());
    for (const { rule, fails } of pairs(ADMITTING_RULES.map(({ id }) => id)))
      await eventually(async () => (await said(api, "told", fails)).told.includes(rule), `the policy of ${rule}`);
  });

  after(async () => {
    api?.close();
    if (plane !== undefined) await removePlane(plane);
  });

  const compared = async (verdicts: readonly Verdicts[]): Promise<void> => {
    all.push(...verdicts);
    const found = verdicts.filter(({ invalid }) => invalid === undefined).flatMap(disagreement);
    assert.equal(found.length, 0, `disagreements (seed ${SEED})\n${found.slice(0, 20).join("\n")}`);
  };

  /** Warnings of the type checker, once it has looked. */
  const warnings = async (wanted: Manifest): Promise<readonly string[]> => {
    let status: Checked = {};
    await eventually(async () => {
      status = ((await api.read(wanted))?.["status"] ?? {}) as Checked;
      return status.observedGeneration !== undefined;
    }, `type checking of ${wanted.metadata.name}`);
    return (status.typeChecking?.expressionWarnings ?? []).map(({ warning }) => warning);
  };

  it("have the types that the API server knows, in every policy that a stack applies", async () => {
    const made = ofKind(PROD, "ValidatingAdmissionPolicy");
    assert.deepEqual(made.map(({ metadata }) => metadata.name).toSorted(), ADMITTING_RULES.map(policyName).toSorted());
    const found = await Promise.all(made.map(async (each) => [each.metadata.name, await warnings(each)] as const));
    assert.deepEqual(
      found.filter(([, told]) => told.length > 0),
      [],
    );
  });

  it("have them for the pods of each kind too, where one policy reads all kinds", async () => {
    const typed = ADMITTING_RULES.flatMap((rule) =>
      POD_SHAPES.flatMap((shape, index) => checked(`typed-${index}-${rule.id}`, rule, shape)),
    );
    assert.ok(typed.length >= 3 * POD_SHAPES.length);
    await applyAll(api, typed);
    const found = await Promise.all(typed.map(warnings));
    assert.deepEqual(found.flat(), []);
  });

  it("would be told of a field that does not exist", async () => {
    const [rule] = ADMITTING_RULES.filter(({ admission }) => admission.over === "pods");
    const [shape] = POD_SHAPES;
    assert.ok(rule !== undefined && shape !== undefined);
    const admission = eachContainer("c.?securityContext.?readOnlyRoot.orValue(false)");
    const [misspelt] = checked("misspelt", { ...rule, admission }, shape);
    assert.ok(misspelt !== undefined);
    await applyAll(api, [misspelt]);
    assert.match((await warnings(misspelt)).join(), /undefined field 'readOnlyRoot'/);
  });

  it("agree with the API server on each rule's own passer and violator", async () => {
    const known = pairs(ADMITTING_RULES.map(({ id }) => id));
    assert.equal(known.length, ADMITTING_RULES.length);
    const verdicts = await together(
      known.flatMap(({ passes, fails }) => [passes, fails]),
      (sent) => verdictsOn(api, sent),
    );
    assert.deepEqual(
      verdicts.flatMap(({ invalid, sent }) => (invalid === undefined ? [] : [`${sent.name}: ${invalid}`])),
      [],
    );
    for (const [index, { rule }] of known.entries()) {
      const [passer, violator] = [verdicts[2 * index], verdicts[2 * index + 1]];
      assert.equal(passer?.theirs.includes(rule), false, rule);
      assert.equal(violator?.theirs.includes(rule), true, rule);
    }
    await compared(verdicts);
  });

  it("agree with it on random objects of every kind", async () => {
    await compared(await together(randomObjects({ seed: SEED, count: OBJECTS }), (sent) => verdictsOn(api, sent)));
  });

  it("were compared on both verdicts, and each rule on objects that only it finds broken", () => {
    const valid = all.filter(({ invalid }) => invalid === undefined);
    const rows = ADMITTING_RULES.map(({ id }) => {
      const own = valid.filter(({ theirs }) => theirs.includes(id));
      return [id, own.length, own.filter(({ theirs }) => theirs.length === 1).length] as const;
    });
    const denied = valid.filter(({ denied: by }) => by !== undefined).length;
    const passed = valid.filter(({ theirs }) => theirs.length === 0).length;
    const line = (first: string, ...cells: readonly (string | number)[]) =>
      `    ${first.padEnd(36)}${cells.map((cell) => String(cell).padStart(8)).join("")}`;
    console.log(
      [
        `    the API server ${plane?.record.version}; seed ${SEED}`,
        line("rule", "broken", "alone"),
        ...rows.map((row) => line(...row)),
        `    ${valid.length} objects compared: ${passed} passed, ${denied} refused; ${all.length - valid.length} invalid, most of them:`,
        ...commonest(
          all.flatMap(({ invalid }) => invalid ?? []),
          6,
        ).map((each) => `    ${each}`),
      ].join("\n"),
    );
    assert.ok(valid.length > 0.8 * OBJECTS);
    for (const share of [passed, denied]) assert.ok(share / valid.length > LEAST_SHARE);
    assert.deepEqual(
      rows.filter(([, , alone]) => alone === 0),
      [],
    );
  });

  it("see a container that is added to a running pod", async () => {
    const spec = { ...podSpec(), serviceAccountName: "app" };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "stands" }, spec };
    await api.call({ method: "POST", path: "/api/v1/namespaces/enforced/pods", body: pod });
    const debug = { name: "debug", image: "ghcr.io/acme/debug", securityContext: { readOnlyRootFilesystem: true } };
    const adding = api.call({
      method: "PATCH",
      path: "/api/v1/namespaces/enforced/pods/stands/ephemeralcontainers?dryRun=All",
      contentType: "application/strategic-merge-patch+json",
      body: { spec: { ephemeralContainers: [debug] } },
    });
    await assert.rejects(
      adding,
      (error: unknown) => error instanceof ApiError && /keelson-image-pinned/.test(error.message),
    );
  });

  it("hold nothing back that is being deleted", async () => {
    const path = "/api/v1/namespaces/told/configmaps";
    const metadata = { name: "goes", finalizers: ["keelson.dev/test"] };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { TOKEN: "x" } };
    const heard: string[] = [];
    const onWarning = (text: string) => heard.push(text);
    await api.call({ method: "POST", path, body, onWarning });
    assert.equal(heard.length, 1);
    await api.call({ method: "DELETE", path: `${path}/goes` });
    await api.call({
      method: "PATCH",
      path: `${path}/goes`,
      contentType: "application/merge-patch+json",
      body: { metadata: { finalizers: null } },
      onWarning,
    });
    assert.equal(heard.length, 1);
  });

  for (const stack of [DEV, PROD])
    it(`let in every object of ${stack.name}, by the policies of ${stack.name}`, async () => {
      const manifests = stack.objects.map(({ manifest }) => manifest);
      const [violator] = pairs(["image-pinned"]);
      assert.ok(violator !== undefined);
      await applyAll(api, ofKind(stack, ...ADMISSION));
      await eventually(
        async () => (await said(api, "free", violator.fails)).denied === "image-pinned",
        "the stack's own",
      );
      const dry = { fieldManager: "keelson-test", force: true, dryRun: true } as const;
      const refused = async (each: Manifest): Promise<readonly string[]> =>
        api.apply(each, dry).then(
          () => [],
          (error: unknown) => [`${each.kind} ${each.metadata.name}: ${String(error)}`],
        );
      /** Bindings change one after the other: what the last ones refuse still, they soon do not. */
      const refusedInTheEnd = async (wanted: readonly Manifest[], tries = 20): Promise<readonly string[]> => {
        const found = (await together(wanted, refused)).flat();
        if (found.length === 0 || tries === 0) return found;
        await new Promise((done) => setTimeout(done, 500));
        return refusedInTheEnd(wanted, tries - 1);
      };
      const own = manifests.filter(({ kind }) => kind === "Namespace");
      assert.deepEqual(await refusedInTheEnd(own), []);
      await applyAll(api, own);
      assert.deepEqual(await refusedInTheEnd(manifests), []);
      assert.ok(manifests.length > 60);
    });
});
