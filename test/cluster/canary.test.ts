import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loginsIn } from "../../components/data/secret-set";
import { planStack } from "../../stacks/plan";
import { controlPlaneStatus, removeControlPlane } from "../../embedded/plane/control-plane";
import { readTokens } from "../../embedded/plane/credentials";
import { layoutOf } from "../../embedded/plane/layout";
import { engine, holdingTheStack, packArgs, prepareToLook, type Session } from "../../embedded/engine/session";
import { stackFiles } from "../../embedded/engine/stack-files";
import { refresh } from "../../embedded/engine/update";
import { type Canary, everyReport, exported, found, foundBelow, plant, secretsOf } from "../support/canary";
import { Checkout } from "../support/checkout";
import { sessionIn, stackIn } from "../support/shop-session";
import { everything, type LiveObject } from "./observation";

/** Whoever may read these may read the Secrets: the key of the state, and the API server's own store. */
const KEEPERS = /\/passphrase$|\/plane\/etcd\//;
/** Where a token of the local control plane belongs. */
const TOKEN_FILES = /\/plane\/(etcd\/|tokens\.csv$|[\w.-]*kubeconfig$)|\/control-plane\.json$/;

describe("the secrets of shop dev, up", function () {
  this.timeout(600_000);
  this.bail(true);
  let checkout: Checkout;
  let session: Session;
  let canaries: readonly Canary[];
  let tokens: readonly Canary[];
  let told = "";
  before(async () => {
    checkout = await Checkout.make();
    await said("plan", "-s", "dev");
    const planted = plant(files());
    told = await said("up", "-s", "dev");
    session = await sessionIn(checkout, "dev");
    const own = secretsOf(files(), session.pulumi, isPublic());
    canaries = [...planted, ...own, { name: "the passphrase", value: readFileSync(files().passphrase, "utf8") }];
    const all = await readTokens(layoutOf(files().root));
    tokens = Object.entries(all).map(([name, value]) => ({ name: `token of ${name}`, value }));
  });
  after(async () => {
    await removeControlPlane(files().root);
    checkout.remove();
  });

  const files = () => stackFiles(checkout.folder, "dev");

  async function said(...argv: readonly string[]): Promise<string> {
    const { code, out, notes } = await checkout.keelson(...argv);
    assert.equal(code, 0, notes);
    return out + notes;
  }

  /** What the plan itself calls known text: hosts, ports, names of users. */
  function isPublic(): (text: string) => boolean {
    const { secrets } = planStack(stackIn(checkout, "dev").settings);
    const values = secrets.flatMap(({ values: all }) => Object.values(all));
    const texts = new Set(values.flatMap((value) => (value.is === "text" ? [value.text] : [])));
    return (text) => texts.has(text);
  }

  it("are known here from the state itself: every password, every configured secret, every user list", () => {
    const { settings } = stackIn(checkout, "dev");
    const logins = loginsIn(planStack(settings).secrets).length;
    const passwords = canaries.filter(({ value }) => /^[A-Za-z0-9]{40}$/.test(value));
    assert.ok(passwords.length >= logins && logins > 5, `${passwords.length} passwords of ${logins} logins`);
    assert.ok(canaries.some(({ value }) => value.startsWith("user default off")));
    assert.deepEqual(
      canaries.filter(({ value }) => value.length < 12).map(({ name }) => name),
      [],
      "too short to be searched for",
    );
  });

  it("did reach the API server, in Secrets", async () => {
    const secrets = (await everything(files())).filter(({ kind }) => kind === "Secret");
    const texts = JSON.stringify(secrets);
    const missing = canaries.filter(
      ({ name, value }) => name.startsWith("keelson:") && found(texts, [{ name, value }]).length === 0,
    );
    assert.deepEqual(missing, []);
  });

  it("are in nothing that `up` and `plan` tell", async () => {
    const reports = join(checkout.folder, "reports");
    const plans = [await said("plan", "-s", "dev", "--json"), await said("plan", "-s", "dev", ...everyReport(reports))];
    assert.deepEqual(foundBelow(reports, [...canaries, ...tokens], /^$/), []);
    assert.deepEqual(found(told + plans.join(""), [...canaries, ...tokens]), []);
  });

  it("are in no output and no event of the engine, of a preview or a refresh", async () => {
    const events: unknown[] = [];
    const heard: Session = { ...session, onEvent: (event) => void events.push(event) };
    await prepareToLook(heard);
    const { stdout, stderr } = await engine(heard, ["preview", "--json", "--show-sames", ...packArgs(heard)]);
    assert.ok(stdout.includes("kubernetes:core/v1:Secret"));
    await holdingTheStack(heard, () => refresh(heard));
    assert.ok(events.length > 200);
    assert.deepEqual(found(stdout + stderr + JSON.stringify(events), [...canaries, ...tokens]), []);
  });

  it("are in no file of the stack and its home, but for those that keep them", () => {
    const root = `${checkout.folder}/.keelson`;
    assert.deepEqual(foundBelow(root, canaries, KEEPERS), []);
    assert.deepEqual(foundBelow(root, tokens, TOKEN_FILES), []);
    assert.deepEqual(found(exported(files(), session.pulumi), [...canaries, ...tokens]), []);
  });

  it("are in no object of the API server but Secrets, and there in the data only", async () => {
    const shown = ({ data: _data, ...rest }: LiveObject & { readonly data?: unknown }): unknown => rest;
    const live = await everything(files());
    assert.ok(live.some(({ metadata }) => (metadata.managedFields ?? []).length > 0));
    const leaks = live.flatMap((each) => {
      const text = JSON.stringify(each.kind === "Secret" ? shown(each) : each);
      return found(text, [...canaries, ...tokens]).map((name) => `${each.kind} ${each.metadata.name}: ${name}`);
    });
    assert.deepEqual(leaks, []);
  });

  it("are on no command line of what keeps running", async () => {
    const { processes } = await controlPlaneStatus(files().root);
    const lines = processes.map(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    assert.ok(lines.length >= 4);
    assert.deepEqual(found(lines.join("\n"), [...canaries, ...tokens]), []);
  });

  it("are in nothing that `down` tells", async () => {
    assert.deepEqual(found(await said("down", "-s", "dev"), [...canaries, ...tokens]), []);
  });
});
