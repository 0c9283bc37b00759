/** `keelson up`: the stack in embedded mode. Shows the graph at once, the plan when the engine is there, then the rest. */
import { blameLostPlane, type Plane, preparePlane } from "../../embedded/engine/plane-session";
import { type Plan } from "../../embedded/engine/plan";
import { Locked, PolicyRefused } from "../../embedded/engine/failures";
import { type Interruption } from "../../embedded/engine/interruption";
import { openSession, withControlPlane } from "../../embedded/engine/program";
import { holdingTheStack, type Recovery, type Session, stateOf } from "../../embedded/engine/session";
import { syncDelivered, writeRendered } from "../../embedded/engine/rendered";
import { type StackFiles, stackFiles } from "../../embedded/engine/stack-files";
import { readResources } from "../../embedded/engine/state";
import { type Brought, describeRecovery, outputsOf, up } from "../../embedded/engine/update";
import { controlPlaneStatus, requirePorts } from "../../embedded/plane/control-plane";
import { toolContext } from "../../embedded/toolchain/context";
import { describeWork, workAhead } from "../../embedded/toolchain/ensure";
import { progressOn } from "../../embedded/toolchain/progress";
import { TOOL_NAMES } from "../../embedded/toolchain/tools";
import { withoutController } from "../../embedded/standin/kubernetes/readiness";
import { stackObjects } from "../../stacks/objects";
import { deliveredFiles } from "../../stacks/render";
import { type ExitCode, exitCodes } from "../exit-codes";
import { graphSummary } from "../graph-summary";
import { interruptible } from "../interruptible";
import { LiveProgress } from "../live-progress";
import { planReport } from "../plan-report";
import { refuseShrinking } from "../shrinking";
import { planeShapeOf } from "../../embedded/engine/plane-shape";
import { sessionFacts } from "../../embedded/engine/session-facts";
import { openStack, type Stack } from "../stack";
import { mandatoryDelivered, subjectsIn } from "../subjects";
import { type Terminal } from "../terminal";
import { upReport } from "../up-report";
import { type Run } from "../verb";

interface Site {
  readonly stack: Stack;
  readonly files: StackFiles;
  readonly terminal: Terminal;
  readonly live: LiveProgress;
}

/** What the machine must still get, before it gets it. */
async function announce({ stack, terminal }: Site): Promise<void> {
  for (const line of graphSummary(stack.graph)) terminal.note(line);
  const progress = progressOn(process.stderr);
  for (const line of describeWork(await workAhead(TOOL_NAMES, toolContext({ progress })))) terminal.note(line);
}

/** The engine refuses what the pack forbids of its own objects; of those that Argo CD would apply it knows nothing. */
function showPlan({ stack, terminal, live }: Site, found: Plan): void {
  const subjects = subjectsIn(stack, found);
  terminal.note("");
  for (const line of planReport(stack.name, found, subjects)) terminal.note(line);
  terminal.note("");
  const forbidden = mandatoryDelivered(subjects);
  if (forbidden > 0) throw new PolicyRefused(forbidden);
  live.begin([...found.resources.filter(({ op }) => op !== "same").map(({ urn }) => urn), ...found.removed]);
}

async function bring(session: Session, plane: Plane, site: Site, found: Recovery): Promise<Brought> {
  const told = describeRecovery(found);
  if (told !== undefined) site.terminal.note(told);
  const known = readResources(stateOf(session)).length > 0;
  if (known) await plane.start(); // the cluster is known, so the preview tries its objects on the API server
  const env = { ...session.env, ...withControlPlane(site.files) };
  const { graph, settings } = site.stack;
  const planned = (plan: Plan): void => showPlan(site, plan);
  const beforeChange = async () => {
    await plane.start();
    writeRendered(site.files, deliveredFiles(graph, settings));
    return withControlPlane(site.files);
  };
  const brought = await up({ ...session, env }, { planned, beforeChange });
  if (settings.delivery.by === "argocd") await deliver(site);
  return brought;
}

/** Argo CD looks at its repository whether or not Pulumi had anything to change. */
async function deliver({ files, stack: { graph, settings } }: Site): Promise<void> {
  writeRendered(files, deliveredFiles(graph, settings));
  await syncDelivered(files);
}

/** An edge that people ask about, to ask `keelson why` with: every system has a service that reaches a store. */
function somePair({ graph }: Stack): readonly [string, string] {
  const wanted = graph.edges.find(({ kind }) => kind === "call") ?? graph.edges.find(({ kind }) => kind === "store");
  const name = (id = ""): string => id.slice(id.indexOf("/") + 1);
  return [name(wanted?.from), name(wanted?.to)];
}

async function report(session: Session, plane: Plane, { stack, terminal }: Site, brought: Brought): Promise<ExitCode> {
  const command = stack.name === "dev" ? "" : ` -s ${stack.name}`;
  const ends = { outputs: outputsOf(session), running: await plane.start() };
  const accepted = withoutController(stackObjects(stack.graph, stack.settings).map(({ manifest }) => manifest));
  const result = { stack: stack.name, brought, ...ends, command, pair: somePair(stack), accepted };
  for (const line of upReport(result)) terminal.out(line);
  return exitCodes.done;
}

async function bringUp(site: Site, interruption: Interruption): Promise<ExitCode> {
  const { stack, files, terminal, live } = site;
  await requirePorts(files.root); // before minutes are spent on building what would listen there
  await announce(site);
  const progress = progressOn(process.stderr);
  const wish = { checkout: terminal.checkout, ...sessionFacts(stack), interruption, progress, onEvent: live.see };
  const session = await openSession(wish);
  const shape = { files, ...planeShapeOf(stack.settings), progress, signal: interruption.signal };
  const plane = preparePlane(shape);
  const brought = await holdingTheStack(session, (found) => bring(session, plane, site, found));
  return report(session, plane, site, brought);
}

/** A run that ends early leaves the control plane for the next one, and says so. */
async function tellRunning({ files, stack, terminal }: Site): Promise<void> {
  const living = (await controlPlaneStatus(files.root)).processes.filter(({ alive }) => alive);
  if (living.length === 0) return;
  const named = living.map(({ name, pid }) => `${name} ${pid}`).join(", ");
  terminal.note(`keeps running for the next \`up\`: ${named}; \`keelson down -s ${stack.name}\` ends them`);
}

export const run: Run = async (args, terminal) => {
  const stack = openStack(args, terminal);
  refuseShrinking(stack, terminal);
  const files = stackFiles(terminal.checkout, stack.name);
  const site = { stack, files, terminal, live: new LiveProgress(terminal) };
  const interruption = interruptible(`keelson up -s ${stack.name}`, terminal);
  try {
    return await bringUp(site, interruption);
  } catch (error) {
    if (!(error instanceof Locked)) await tellRunning(site); // what another run uses is its own matter
    throw interruption.reason(await blameLostPlane(files, error));
  }
};
