/** The control plane that all test files of a process share; it is removed with the last test. */
import { after } from "mocha";
import { removePlane, startPlane, type TestPlane } from "../support/plane";

export { removePlane, startPlane, type TestPlane };

let shared: Promise<TestPlane> | undefined;

/** Path of the shared plane's control-plane.json. */
export async function runningControlPlane(): Promise<string> {
  const given = process.env["KEELSON_TEST_CONTROL_PLANE"];
  if (given !== undefined) return given;
  shared ??= startPlane();
  return (await shared).file;
}

after(async function () {
  this.timeout(60_000);
  if (shared !== undefined) await removePlane(await shared);
});
