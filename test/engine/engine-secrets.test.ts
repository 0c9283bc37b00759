import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Config, log } from "@pulumi/pulumi";
import { preview } from "../../embedded/engine/preview";
import { holdingTheStack } from "../../embedded/engine/session";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { outputsOf, up } from "../../embedded/engine/update";
import { Thing, discard, needsEngine, toyCheckout, toySession } from "../support/toy";

const ciphertext = "v1:AAAAAAAAAAAAAAAA:real-ciphertext-of-production";
const stackFile = `secretsprovider: awskms://alias/keelson
encryptedkey: not-ours
config:
  keelson:token:
    secure: ${ciphertext}
  keelson:stores:
    - name: orders
      password:
        secure: ${ciphertext}
`;
const canary = "canary-7f3a9c";

describe("secrets in a run of the engine", () => {
  let files: StackFiles;
  before(needsEngine);
  beforeEach(() => (files = toyCheckout(stackFile)));
  afterEach(() => discard(files));

  it("reach the program as placeholders that are still secret", async () => {
    let seen: unknown;
    const session = toySession(files, async () => {
      const config = new Config();
      const stores = config.requireSecretObject<readonly { readonly password: string }[]>("stores");
      seen = await new Promise((done) =>
        config.requireSecret("token").apply((token) => stores.apply((all) => done([token, all]))),
      );
      return { token: config.requireSecret("token") };
    });
    await holdingTheStack(session, () => up(session));
    assert.deepEqual(seen, [
      "placeholder-for-token-0000",
      [{ name: "orders", password: "placeholder-for-password-0000" }],
    ]);
    assert.deepEqual(outputsOf(session), { token: "[secret]" });
    assert.equal(holds(files, ciphertext), false);
  });

  it("are in no event, log or state, even when the engine's debug diagnostics carry them", async () => {
    const events: unknown[] = [];
    const toy = toySession(files, () => {
      const note = new Config().requireSecret("token").apply((token) => `${token}-${canary}`);
      log.debug(`a provider tells ${canary}`);
      new Thing("holder", { note });
      return Promise.resolve({ note });
    });
    const session = { ...toy, onEvent: (event: unknown) => void events.push(event) };
    await holdingTheStack(session, async () => {
      const found = await preview(session);
      assert.equal(JSON.stringify(found).includes(canary), false);
      await up(session);
    });
    assert.ok(events.length > 0);
    assert.equal(JSON.stringify(events).includes(canary), false);
    assert.equal(holds(files, canary), false);
    assert.match(readFileSync(join(files.workspace, "Pulumi.dev.yaml"), "utf8"), /encryptionsalt: v1:/);
  });
});

/** Whether any file of the stack's local state contains the text. */
function holds(files: StackFiles, text: string): boolean {
  try {
    execFileSync("grep", ["-rFl", text, files.root]);
    return true;
  } catch {
    return false; // grep ends with 1 when it finds nothing
  }
}
