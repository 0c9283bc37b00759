/**
 * One run of the engine's command line with the program in this process. Gives it an environment of its own: nothing
 * of the user's Pulumi or cloud credentials gets in. Refuses nothing; it reports how the engine ended.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeWhole } from "../files";
import { endAll, signal } from "../process/ending";
import { identityOf, self, type ProcessId } from "../process/identity";
import { type EngineEvent } from "./engine-events";
import { type Program, serve, withoutProxy } from "./language-server";
import { markOf, ours, runMark } from "./run-mark";
import { type StackFiles } from "./stack-files";
import { passphrase } from "./workspace";

export interface EngineCall {
  readonly files: StackFiles;
  /** Path of the `pulumi` executable. */
  readonly pulumi: string;
  readonly args: readonly string[];
  readonly program: Program;
  /** Read by the stand-in plugins and the pack, over ours. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: EngineEvent) => void;
  /** Where the engine's own display goes; without it, it is captured and returned. */
  readonly log?: string;
}

export interface EngineEnd {
  readonly code: number;
  /** What it printed, when no log was given. */
  readonly stdout: string;
  readonly stderr: string;
  readonly interrupted: boolean;
}

export interface EngineRun {
  readonly end: Promise<EngineEnd>;
  /** The first time: a graceful cancel, operations under way finish. After that: the engine and its plugins are ended. */
  interrupt(): void;
}

const foreign =
  /^(PULUMI_|AWS_|AZURE_|ARM_|GOOGLE_|KUBECONFIG$|KEELSON_(CLOUD|CONTROL_PLANE|VERDICTS|UNEXPANDED|DRYRUN|PLAYED|RENDERED|RUN)$)/;

/** The engine's environment: ours without credentials and Pulumi settings, plus what embedded mode fixes. */
export function engineEnvironment(files: StackFiles, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const noProxy = withoutProxy(process.env["no_proxy"] ?? process.env["NO_PROXY"]);
  return {
    ...Object.fromEntries(kept),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
    PULUMI_HOME: files.home,
    PULUMI_BACKEND_URL: `file://${files.backend}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase(files),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API: "true",
    PULUMI_DEBUG_COMMANDS: "true", // without it there is no --event-log
    [runMark]: markOf(files.root, self()),
    ...extra,
  };
}

const common = ["--non-interactive", "--color", "never", "--logtostderr=false"];

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const parts: Buffer[] = [];
  stream?.on("data", (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString("utf8");
}

/** Its own process group: the terminal's Ctrl-C reaches us alone, and we decide what the engine gets to hear. */
function start(call: EngineCall, args: readonly string[]): ChildProcess {
  const log = call.log === undefined ? undefined : openSync(call.log, "a", 0o600);
  const child = spawn(call.pulumi, [...args, ...common], {
    cwd: call.files.workspace,
    env: engineEnvironment(call.files, call.env),
    detached: true,
    stdio: ["ignore", log ?? "pipe", log ?? "pipe"],
  });
  if (log !== undefined) closeSync(log);
  return child;
}

interface Ending {
  interrupted: boolean;
}

function whenEnded(child: ChildProcess, state: Ending): Promise<EngineEnd> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) =>
      done({ code: code ?? 137, stdout: stdout(), stderr: stderr(), interrupted: state.interrupted }),
    );
  });
}

/** Plugins end a moment after their engine; those of a killed one do not, and are ended here. */
async function sweep(files: StackFiles): Promise<void> {
  await endAll(ours(files.root), 1.5);
}

function interrupter(who: ProcessId, files: StackFiles, state: Ending): () => void {
  return () => {
    if (!state.interrupted) signal(who, "SIGINT");
    else for (const process of [who, ...ours(files.root)]) signal(process, "SIGKILL");
    state.interrupted = true;
  };
}

/** Starts a command that needs no program, such as `stack init`. */
export async function runCommand(call: Omit<EngineCall, "program" | "onEvent">): Promise<EngineEnd> {
  const child = start({ ...call, program: () => Promise.resolve(undefined) }, call.args);
  return whenEnded(child, { interrupted: false });
}

/** Starts the engine on the program. */
export async function runEngine(call: EngineCall): Promise<EngineRun> {
  const callbacks = await serve(call.program, call.onEvent ?? (() => undefined));
  const client = [
    "--client",
    callbacks.address,
    "--exec-kind",
    "auto.inline",
    "--event-log",
    `tcp://${callbacks.address}`,
  ];
  const child = start(call, [...call.args, "--stack", call.files.stack, ...client]);
  const who = identityOf(child.pid ?? 0);
  writeWhole(call.files.engine, JSON.stringify(who));
  const state: Ending = { interrupted: false };
  const end = whenEnded(child, state).finally(async () => {
    callbacks.close();
    await sweep(call.files);
  });
  return { end, interrupt: interrupter(who, call.files, state) };
}

/** A log file of its own for each run. */
export const logFile = (files: StackFiles, verb: string): string =>
  join(files.logs, `${new Date().toISOString().replace(/[:.]/g, "-")}-${verb}.log`);
