/** `keelson down`: removes what `up` made. Refuses before anything is deleted when something protected is in the way. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { blameLostPlane, type Plane, preparePlane } from "../../embedded/engine/plane-session";
import { type Interruption } from "../../embedded/engine/interruption";
import { openSession, withControlPlane } from "../../embedded/engine/program";
import { cascadeDelivered } from "../../embedded/engine/rendered";
import { holdingTheStack, type Session, stateOf } from "../../embedded/engine/session";
import { type StackFiles, stackFiles } from "../../embedded/engine/stack-files";
import { nameOf, readResources, typeOf } from "../../embedded/engine/state";
import { type Release, destroy, refuseProtected, retained } from "../../embedded/engine/update";
import { removeControlPlane } from "../../embedded/plane/control-plane";
import { progressOn } from "../../embedded/toolchain/progress";
import { exitCodes } from "../exit-codes";
import { interruptible } from "../interruptible";
import { LiveProgress } from "../live-progress";
import { planeShapeOf } from "../../embedded/engine/plane-shape";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { openStack, type Stack } from "../stack";
import { type Terminal } from "../terminal";
import { type Run } from "../verb";

/** How the settings release what they protect. In production the pack must agree too, for as long as it takes. */
const releaseOf = ({ name, settings: { stage } }: Stack): string =>
  [
    `in Pulumi.${name}.yaml set keelson:protection to { mode: disposable, loses: "what is lost, in a sentence"` +
      (stage === "prod" ? `, confirms: ${name} }` : " }"),
    ...(stage === "prod"
      ? [`waive in policies/waivers.json what \`keelson plan -s ${name}\` then says must hold`]
      : []),
    `\`keelson up -s ${name}\``,
    `\`keelson down -s ${name}\``,
  ].join(", then ");

function listRetained(session: Session, terminal: Terminal): void {
  const kept = retained(session);
  if (kept.length > 0) terminal.out("kept by intent; remove by hand when you are sure:");
  for (const { urn, id } of kept) terminal.out(`  ${typeOf(urn)} ${nameOf(urn)} ${id ?? ""}`.trimEnd());
}

interface Removal {
  readonly session: Session;
  readonly plane: Plane;
  readonly live: LiveProgress;
  readonly release: Release;
}

async function removeStack({ session, plane, live, release }: Removal, terminal: Terminal): Promise<void> {
  const resources = readResources(stateOf(session));
  if (resources.length === 0) return;
  refuseProtected(session, release);
  listRetained(session, terminal);
  await plane.start(); // Kubernetes objects are deleted by the API server, not forgotten
  await cascadeDelivered(session.files);
  live.begin(resources.map(({ urn }) => urn));
  const env = { ...session.env, ...withControlPlane(session.files) };
  const { changes } = await destroy({ ...session, env }, release);
  terminal.out(`removed ${changes["delete"] ?? 0} resources of ${session.files.stack}`);
}

/** Everything but the lock, which is ours until the end. */
function removeFiles(files: StackFiles): void {
  const held = basename(files.lock);
  for (const name of readdirSync(files.root)) {
    if (name !== held) rmSync(join(files.root, name), { recursive: true, force: true });
  }
}

async function removeAll(removal: Removal, terminal: Terminal): Promise<void> {
  const { session } = removal;
  await removeStack(removal, terminal);
  const ended = await removeControlPlane(session.files.root);
  if (ended.length > 0) terminal.out(`ended ${ended.map(({ name, pid }) => `${name} ${pid}`).join(", ")}`);
  removeFiles(session.files);
}

async function takeDown(
  stack: Stack,
  files: StackFiles,
  interruption: Interruption,
  terminal: Terminal,
): Promise<void> {
  const progress = progressOn(process.stderr);
  const live = new LiveProgress(terminal);
  const wish = { checkout: terminal.checkout, ...sessionFacts(stack), interruption, progress, onEvent: live.see };
  const session = await openSession({ ...wish, judged: false });
  const plane = preparePlane({ files, ...planeShapeOf(stack.settings), progress, signal: interruption.signal });
  await holdingTheStack(session, () => removeAll({ session, plane, live, release: () => releaseOf(stack) }, terminal));
  rmSync(files.root, { recursive: true, force: true });
}

export const run: Run = async (args, terminal) => {
  const stack = openStack(args, terminal);
  const files = stackFiles(terminal.checkout, stack.name);
  if (!existsSync(files.root)) {
    terminal.out(`nothing of ${stack.name} is here`);
    return exitCodes.done;
  }
  const interruption = interruptible(`keelson down -s ${stack.name}`, terminal);
  try {
    await takeDown(stack, files, interruption, terminal);
    return exitCodes.done;
  } catch (error) {
    throw interruption.reason(await blameLostPlane(files, error));
  }
};
