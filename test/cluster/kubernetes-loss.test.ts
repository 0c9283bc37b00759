import assert from "node:assert/strict";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { removePlane, startPlane, type TestPlane } from "./kubernetes-plane";
import { TestStack } from "./kubernetes-stack";

describe("the control plane lost in the middle of an update", function () {
  this.timeout(240_000);
  let plane: TestPlane;
  let stack: TestStack;
  before(async () => {
    plane = await startPlane();
    stack = new TestStack(plane.file);
  });
  after(async () => {
    stack.remove();
    await removePlane(plane);
  });

  const killApiServer = (): void => {
    const server = plane.record.processes.find(({ name }) => name === "kube-apiserver");
    assert.ok(server);
    process.kill(server.pid, "SIGKILL");
  };

  const program = (between: () => void) => async () => {
    const options = { provider: stack.provider() };
    const first = new ConfigMap("first", { metadata: { name: "first" }, data: {} }, options);
    const name = first.id.apply((id) => (between(), `after-${id.split("/").pop() ?? ""}`));
    new ConfigMap("second", { metadata: { name }, data: {} }, options);
  };

  it("ends the run soon, naming the endpoint and the mend; the next run continues, even on another port", async () => {
    const started = Date.now();
    const lost = await stack.up(program(killApiServer));
    assert.match(
      lost.failure,
      new RegExp(`control plane at ${stack.endpoint} no longer answers \\(ECONN\\w+\\); run .make up. again`),
    );
    assert.ok(Date.now() - started < 60_000);
    plane = await startPlane(plane.dir);
    const continued = await stack.up(program(() => undefined));
    assert.deepEqual([continued.failure, continued.summary], ["", { create: 1, same: 2, update: 1 }]);
    assert.equal((await stack.destroy()).failure, "");
  });

  it("previews without the server, and says so for each object", async () => {
    killApiServer();
    stack.forget("dryrun");
    const preview = await stack.preview(program(() => undefined));
    assert.equal(preview.failure, "");
    const lines = stack.records("dryrun");
    assert.ok(lines.length > 0 && lines.every(({ dryRun }) => dryRun === false));
    assert.match(String(lines[0]?.["reason"]), /no longer answers/);
  });
});
