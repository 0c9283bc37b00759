/** `keelson drill`: loses a region, recreates it from the same program and the backups, proves that it is whole, reports. */
import { Protected } from "../../embedded/engine/failures";
import { portBase } from "../../embedded/plane/ports";
import { progressOn } from "../../embedded/toolchain/progress";
import { clearEmbedded, isFinished, journalFile, runEmbedded } from "../../drill/embedded-run";
import { tell, type Told } from "../../drill/findings";
import { readJournal } from "../../drill/journal";
import { refusals } from "../../drill/real/rehearsal";
import { recoveryRegion } from "../../stacks/recovery-stack";
import { InvalidInput } from "../../graph/problems";
import { beginLine, drillJson, drillReport, endLines } from "../drill-report";
import { type ExitCode, exitCodes } from "../exit-codes";
import { interruptible } from "../interruptible";
import { openStack, type Stack } from "../stack";
import { type Terminal } from "../terminal";
import { type Arguments, type Run } from "../verb";

/** Away from the ports of `keelson up`, so that both can run. */
const PORTS_APART = 1_000;

function refuseReal({ settings }: Stack, { flags }: Arguments): void {
  const confirmed = typeof flags["confirm"] === "string" ? flags["confirm"] : undefined;
  const real = flags["real"] === true;
  const problems = refusals({ settings, real, confirmed });
  if (problems.length > 0) throw new Protected(problems);
  if (real) throw new InvalidInput([BY_HAND]);
}

/** Said only to whoever has confirmed: nothing pretends to have been done. */
const BY_HAND = {
  where: "keelson drill --real",
  got: "a real account",
  want: "plain Pulumi along docs/region-loss.md: keelson itself drives no real cloud",
  mend: "follow docs/region-loss.md; without --real the same steps run on this machine",
};

function show({ document, files }: Told, { flags }: Arguments, terminal: Terminal): void {
  if (flags["json"] === true) terminal.out(drillJson(document));
  else for (const line of drillReport(document, files)) terminal.out(line);
}

async function drill(stack: Stack, args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { checkout } = terminal;
  const interruption = interruptible(`keelson drill -s ${stack.name}`, terminal);
  const watcher = {
    began: (name: Parameters<typeof beginLine>[0]) => terminal.note(beginLine(name)),
    ended: (record: Parameters<typeof endLines>[0]) => endLines(record).forEach((line) => terminal.note(line)),
    now: () => new Date(),
  };
  const assess = args.flags["assess"] === true;
  const port = portBase(process.env) + (process.env["KEELSON_PORT"] ? 0 : PORTS_APART);
  const wish = {
    checkout,
    settings: stack.settings,
    port,
    interruption,
    progress: progressOn(process.stderr),
    watcher,
  };
  const journal = await runEmbedded(assess ? { ...wish, only: "preflight" } : wish);
  const told = tell(checkout, stack.settings, journal);
  show(told, args, terminal);
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
  const before = readJournal(journalFile(terminal.checkout, stack.name));
  const again = args.flags["anew"] === true || (before !== undefined && isFinished(before));
  if (again || args.flags["clear"] === true) await clearEmbedded(terminal.checkout, stack.name);
  if (args.flags["clear"] === true) {
    terminal.out(`nothing of a drill of ${stack.name} is here any more; its reports stay`);
    return exitCodes.done;
  }
  return drill(stack, args, terminal);
};
