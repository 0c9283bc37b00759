/**
 * What every run on a stack needs, and what must hold before one may begin: the stack is ours alone, nothing of a dead
 * run is still at work, and the state says nothing about operations that nobody carries out any more.
 */
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { endAll, ended, signal } from "../process/ending";
import { type ProcessId } from "../process/identity";
import { type Lock } from "../process/lock";
import { removeTornAttributes } from "./backend-attributes";
import { removeDeadLocks } from "./backend-lock";
import { type EngineEvent } from "./engine-events";
import { rethrowBadInput, type Guarded, guard } from "./guarded-program";
import { type EngineEnd, runCommand, runEngine } from "./engine-process";
import { type Failure, RunFailed } from "./failures";
import { noteForsaken } from "./forsaken";
import { type Interruption } from "./interruption";
import { type Program } from "./language-server";
import { acquire } from "./lock";
import { orphans } from "./run-mark";
import { type StackFiles, backendLocks, stateFile } from "./stack-files";
import { type PendingOperation, clearPendingOperations, pendingOperations, readResources } from "./state";
import { projectName, writeWorkspace } from "./workspace";

/** Operations at once, everywhere: the engine's default is four per processor, so a laptop would be slower than CI. */
const parallel = ["--parallel", "32"];

export interface Session {
  readonly files: StackFiles;
  /** Path of the `pulumi` executable. */
  readonly pulumi: string;
  readonly program: Program;
  readonly interruption: Interruption;
  /** Configuration keys of secrets the program reads, such as `keelson:stripeCredential`; placeholders stand in. */
  readonly secrets?: readonly string[];
  /** Folder of the policy pack; without one nothing is judged. */
  readonly pack?: string;
  /** Read by the stand-in plugins and the pack. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: EngineEvent) => void;
}

/** The engine's checkpoint of this session's stack. */
export const stateOf = (session: Session): string => stateFile(session.files, projectName(session.files));

function notedEngine(files: StackFiles): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(files.engine, "utf8")) as ProcessId;
  } catch {
    return undefined; // no run yet, or torn: then the process id alone decides
  }
}

/** An engine whose keelson died finishes what it has begun if it can; then it and its plugins are ended. */
async function endOrphans(files: StackFiles): Promise<number> {
  const left = orphans(files.root);
  const engine = notedEngine(files);
  const running = left.filter((who) => who.pid === engine?.pid);
  for (const who of running) signal(who, "SIGINT");
  await ended(running, 10);
  await endAll(left, 1);
  return left.length;
}

/** What was found of a run that did not end by itself. */
export interface Recovery {
  readonly processes: number;
  readonly locks: number;
  readonly pending: readonly PendingOperation[];
}

export interface Prepared {
  readonly lock: Lock;
  readonly recovery: Recovery;
}

async function recover(session: Session): Promise<Recovery> {
  const { files } = session;
  const processes = await endOrphans(files);
  const locks = removeDeadLocks(backendLocks(files, projectName(files)), files.stack, notedEngine(files));
  noteForsaken(files, pendingOperations(stateOf(session)));
  return { processes, locks, pending: clearPendingOperations(stateOf(session)) };
}

/** The backend knows a stack by its checkpoint; an empty one is made once. */
async function ensureStack(session: Session): Promise<void> {
  if (existsSync(stateOf(session))) return;
  const { files, pulumi } = session;
  const end = await runCommand({ files, pulumi, args: ["stack", "init", files.stack] });
  if (end.code !== 0 && !existsSync(stateOf(session))) throw new RunFailed(failuresOf(end, []), files.logs);
}

/** Makes the workspace for a run that changes nothing. */
export async function prepareToLook(session: Session): Promise<void> {
  writeWorkspace(session.files, session.secrets);
  removeTornAttributes(session.files.backend);
  readResources(stateOf(session)); // refuses a damaged state
  await ensureStack(session);
}

/** Takes the stack's lock, clears up after a dead run and makes the workspace. The caller releases the lock. */
export async function prepareToChange(session: Session): Promise<Prepared> {
  const lock = acquire(session.files.lock, session.files.stack);
  try {
    const recovery = await recover(session);
    await prepareToLook(session);
    return { lock, recovery };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Runs `work` with the stack's lock held. */
export async function holdingTheStack<T>(session: Session, work: (found: Recovery) => Promise<T>): Promise<T> {
  const { lock, recovery } = await prepareToChange(session);
  try {
    return await work(recovery);
  } finally {
    prune(session.files, projectName(session.files));
    lock.release();
  }
}

export interface Outcome extends EngineEnd {
  readonly events: readonly EngineEvent[];
  readonly guarded: Guarded;
}

/** One engine run of the session's program; what the program itself threw is thrown here again. */
export async function engine(session: Session, args: readonly string[], log?: string): Promise<Outcome> {
  const events: EngineEvent[] = [];
  const guarded = guard(session.program);
  const onEvent = (event: EngineEvent): void => {
    events.push(event);
    session.onEvent?.(event);
  };
  const { files, pulumi, env } = session;
  const call = { files, pulumi, args: [...args, ...parallel], program: guarded.program, onEvent };
  const extras = { ...(env && { env }), ...(log !== undefined && { log }) };
  const end = await session.interruption.during(runEngine({ ...call, ...extras }));
  if (end.code !== 0) rethrowBadInput(guarded);
  return { ...end, events, guarded };
}

/** `--policy-pack`, when the session has one. */
export const packArgs = (session: Session): readonly string[] =>
  session.pack === undefined ? [] : ["--policy-pack", session.pack];

/** What the engine says at the end of every run that failed, whatever the reason, and of what it then cut off. */
const epilogue = /^(preview|update|refresh|destroy) failed$|: context canceled$/;

/** Errors that name a reason. */
export const errorsOf = (events: readonly EngineEvent[]): readonly Failure[] =>
  events.flatMap((event) => {
    if (event.kind !== "diagnostic" || event.severity !== "error" || epilogue.test(event.message)) return [];
    return [{ resource: event.urn === "" ? "the program" : event.urn, message: event.message }];
  });

const violationsOf = (events: readonly EngineEvent[]): readonly Failure[] =>
  events.flatMap((event) =>
    event.kind === "violation" && event.level === "mandatory"
      ? [{ resource: event.urn === "" ? "the stack" : event.urn, message: `${event.policy}: ${event.message}` }]
      : [],
  );

/** What the engine complained about: its errors and what the pack forbids, else the last it printed. */
export function failuresOf(end: EngineEnd, events: readonly EngineEvent[]): readonly Failure[] {
  const errors = [...errorsOf(events), ...violationsOf(events)];
  if (errors.length > 0) return errors;
  const said = (end.stderr.trim() || end.stdout.trim()).split("\n").slice(-5).join("\n");
  return [{ resource: "the engine", message: said || `ended with code ${end.code}` }];
}

const keep = 20;

function pruneFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const files = readdirSync(folder).map((name) => join(folder, name));
  const age = (path: string): number => statSync(path).mtimeMs;
  const sorted = files.filter((path) => statSync(path).isFile()).sort((a, b) => age(b) - age(a));
  for (const path of sorted.slice(keep)) rmSync(path, { force: true });
}

/** Logs, history and backups grow with every run; the newest stay. */
function prune(files: StackFiles, project: string): void {
  const bookkeeping = join(files.backend, ".pulumi");
  const perStack = ["history", "backups"].map((kind) => join(bookkeeping, kind, project, files.stack));
  for (const folder of [files.logs, join(files.home, "logs"), ...perStack]) pruneFolder(folder);
}
