/** The entry of the command line: finds the verb, runs it, ends with one of the codes of the table. */
import { describeError } from "./errors";
import { parseCommand, verbNamed } from "./arguments";
import { codeOf, type ExitCode, exitCodes } from "./exit-codes";
import { help, verbHelp } from "./help";
import { type Terminal, terminal } from "./terminal";
import { verbs } from "./verbs";

const helpWords: ReadonlySet<string | undefined> = new Set(["help", "--help", "-h"]);

/** What help is asked for; undefined when none is. `keelson help up` and `keelson up --help` are the same. */
function helpFor([first, ...rest]: readonly string[]): string | undefined {
  if (first === undefined || (helpWords.has(first) && rest[0] === undefined)) return help(verbs);
  const asks = helpWords.has(first) || rest.some((word) => word === "--help" || word === "-h");
  const name = helpWords.has(first) ? (rest[0] ?? "") : first;
  return asks ? verbHelp(name, verbNamed(name, verbs)) : undefined;
}

async function obey(argv: readonly string[], screen: Terminal): Promise<ExitCode> {
  const asked = helpFor(argv);
  if (asked !== undefined) {
    screen.out(asked);
    return exitCodes.done;
  }
  const { verb, args } = parseCommand(argv, verbs);
  const { run } = await verb.load();
  return run(args, screen);
}

/** Runs one command line. */
export async function keelson(argv: readonly string[], screen: Terminal): Promise<ExitCode> {
  try {
    return await obey(argv, screen);
  } catch (error) {
    for (const line of describeError(error)) screen.note(line);
    return codeOf(error);
  }
}

/** A reader that goes away (`| head`) or a closed terminal ends no run: what is begun is finished, and nobody is told. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
}

/** `bin/keelson` calls this. Exits even when a plugin's connection still lingers, once stdout is written. */
export async function main(checkout: string): Promise<void> {
  outliveReaders();
  const code = await keelson(process.argv.slice(2), terminal(checkout));
  process.stdout.write("", () => process.exit(code));
}
