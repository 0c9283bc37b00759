import assert from "node:assert/strict";
import { play, stepsOf } from "../soak/soak";
import { told } from "../soak/steps";
import { removePlane, startPlane, type TestPlane } from "./kubernetes-plane";

/** A few of the soak's runs; `npm run soak -- --runs 200` is the long one. */
const RUNS = 2;
const SEED = Number(process.env["KEELSON_SOAK_SEED"] ?? 1);

describe("ordinary life, at random", function () {
  this.timeout(600_000);
  let plane: TestPlane;
  before(async () => (plane = await startPlane()));
  after(() => removePlane(plane));

  for (let at = 0; at < RUNS; at += 1) {
    const steps = stepsOf(SEED + at);
    it(`leaves a stack that converges and goes whole, seed ${SEED + at}: ${steps.map(told).join("; ")}`, async () => {
      assert.deepEqual(await play(steps, plane.file), []);
    });
  }
});
