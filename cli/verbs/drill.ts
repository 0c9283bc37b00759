/** `keelson drill`: loses a region, recreates it from the same program and the backups, proves that it is whole, reports. */
import { Protected } from "../../embedded/engine/failures";
import { portBase } from "../../embedded/plane/ports";
import { progressOn } from "../../embedded/toolchain/progress";
import { clearEmbedded, isFinished, runEmbedded } from "../../drill/embedded-run";
import { tell, type Told } from "../../drill/findings";
import { isDone, readJournal } from "../../drill/journal";
import { readAccess } from "../../drill/real/access";
import { forgetRehearsal, rehearsalFolder, rehearsalJournal, runReal } from "../../drill/real/run";
import { type Watcher } from "../../drill/run";
import { type StepName, STEPS } from "../../drill/steps";
import { nearest } from "../../graph/nearest";
import { InvalidInput } from "../../graph/problems";
import { refusals } from "../../drill/real/rehearsal";
import { recoveryRegion } from "../../stacks/recovery-stack";
import { beginLine, drillJson, drillReport, endLines } from "../drill-report";
import { type ExitCode, exitCodes } from "../exit-codes";
import { interruptible } from "../interruptible";
import { openStack, type Stack } from "../stack";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";

/** Away from the ports of `keelson up`, so that both can run. */
const PORTS_APART = 1_000;

const textOf = (flag: unknown): string | undefined => (typeof flag === "string" ? flag : undefined);

/** Of the drill on this machine alone: a rehearsal would do something else than whoever writes them wants. */
const EMBEDDED_ONLY = ["until", "fail-back", "clear"];

/** @throws InvalidInput for a flag that a rehearsal has not, Protected for one that nobody confirmed. */
function refuseReal({ settings }: Stack, { flags }: Arguments): void {
  const real = flags["real"] === true;
  const strange = real ? EMBEDDED_ONLY.filter((name) => flags[name] !== undefined && flags[name] !== false) : [];
  const want = "a flag that a rehearsal has; it ends by itself, and goes back nowhere";
  if (strange.length > 0)
    throw new InvalidInput(
      strange.map((name) => ({ where: `--${name}`, got: "--real beside it", want, mend: `leave --${name} out` })),
    );
  const problems = refusals({ settings, real, confirmed: textOf(flags["confirm"]) });
  if (problems.length > 0) throw new Protected(problems);
}

/** @throws InvalidInput for a step that does not exist. */
function stepIn({ flags }: Arguments): StepName | undefined {
  const wanted = textOf(flags["until"]);
  const found = STEPS.find(({ name }) => name === wanted)?.name;
  if (wanted === undefined || found !== undefined) return found;
  const names = STEPS.map(({ name }) => name);
  const mend = `write ${nearest(wanted, names) ?? "one of them"}`;
  throw new InvalidInput([{ where: "--until", got: `"${wanted}"`, want: `one of ${names.join(", ")}`, mend }]);
}

const watcherOf = (terminal: Terminal): Watcher => ({
  began: (name) => terminal.note(beginLine(name)),
  ended: (record) => endLines(record).forEach((line) => terminal.note(line)),
  now: () => new Date(),
});

/** Into a throw-away stack, along the same steps, with what the access names. */
async function rehearse({ settings }: Stack, { flags }: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { checkout } = terminal;
  const access = readAccess(textOf(flags["access"]) ?? "");
  const before = readJournal(rehearsalJournal(checkout, settings.stack));
  if (flags["anew"] === true || (before !== undefined && isDone(before, "fail-back")))
    forgetRehearsal(checkout, settings.stack);
  const wish = { checkout, settings, access, keep: flags["keep"] === true, assess: flags["assess"] === true };
  const note = (line: string): void => terminal.note(`  ${line}`);
  const journal = await runReal({ ...wish, watcher: watcherOf(terminal), note });
  const told = tell(checkout, settings, journal, rehearsalFolder(checkout, settings.stack));
  show(told, flags, terminal);
  if (wish.assess) return journal.steps.some(({ blockers }) => blockers.length > 0) ? exitCodes.failed : exitCodes.done;
  return told.document.outcome === "blocked" ? exitCodes.failed : exitCodes.done;
}

function show({ document, files }: Told, flags: Arguments["flags"], terminal: Terminal): void {
  if (flags["json"] === true) terminal.out(drillJson(document));
  else for (const line of drillReport(document, files)) terminal.out(line);
}

async function drill(stack: Stack, args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { checkout } = terminal;
  const interruption = interruptible(`keelson drill -s ${stack.name}`, terminal);
  const assess = args.flags["assess"] === true;
  const port = portBase(process.env) + (process.env["KEELSON_PORT"] ? 0 : PORTS_APART);
  const wish = {
    checkout,
    settings: stack.settings,
    port,
    interruption,
    progress: progressOn(process.stderr),
    watcher: watcherOf(terminal),
  };
  const until = assess ? "preflight" : stepIn(args);
  const failBack = args.flags["fail-back"] === true;
  const journal = await runEmbedded({ ...wish, failBack, ...(until === undefined ? {} : { until }) });
  const told = tell(checkout, stack.settings, journal);
  show(told, args.flags, terminal);
  if (assess) return journal.steps.some(({ blockers }) => blockers.length > 0) ? exitCodes.failed : exitCodes.done;
  if (told.document.outcome === "blocked") {
    terminal.note(`kept, to be looked at: \`keelson drill -s ${stack.name}\` goes on, --clear ends it`);
    return exitCodes.failed;
  }
  if (args.flags["keep"] === true)
    terminal.note(`both regions keep running; \`keelson drill -s ${stack.name} --clear\` ends them`);
  else await clearEmbedded(checkout, stack.name);
  return exitCodes.done;
}

export const run: Run = async (args, terminal) => {
  const stack = openStack(args, terminal);
  refuseReal(stack, args);
  recoveryRegion(stack.settings); // refuses a stack that has none, before anything is begun
  if (args.flags["real"] === true) return rehearse(stack, args, terminal);
  const again =
    args.flags["anew"] === true || isFinished(terminal.checkout, stack.name, args.flags["fail-back"] === true);
  if (again || args.flags["clear"] === true) await clearEmbedded(terminal.checkout, stack.name);
  if (args.flags["clear"] === true) {
    terminal.out(`nothing of a drill of ${stack.name} is here any more; its reports stay`);
    return exitCodes.done;
  }
  return drill(stack, args, terminal);
};
