/** What `keelson --help` and `keelson VERB --help` print, and the table of exit codes for the documentation. Pure. */
import { type ExitCode, exitCodes, meanings } from "./exit-codes";
import { type Flag, type Verb } from "./verb";
import { wrap } from "./wrap";

export type Verbs = Readonly<Record<string, Verb>>;

const spelled = (flag: string, { short, value }: Flag): string =>
  [short === undefined ? `--${flag}` : `-${short}`, ...(value === undefined ? [] : [value])].join(" ");

/** `why A B [-s STACK] [--json]` */
export function usage(name: string, { words = [], many, flags }: Verb): string {
  const shown = Object.entries(flags).map(([key, flag]) =>
    flag.needed === true ? spelled(key, flag) : `[${spelled(key, flag)}]`,
  );
  return [name, ...words, ...(many === true ? ["…"] : []), ...shown].join(" ");
}

/** Exit codes a verb can end with; 1 is always among them. */
export const codesOf = ({ ends }: Verb): readonly ExitCode[] => [...ends, exitCodes.failed].sort((a, b) => a - b);

const meaningLines = (codes: readonly ExitCode[]): readonly string[] =>
  codes.flatMap((code) => wrap(`  ${code}  `, meanings[code]));

const allCodes: readonly ExitCode[] = Object.values(exitCodes);

export const help = (verbs: Verbs): string =>
  [
    "keelson: one typed graph, from the VPC to the last microservice",
    "",
    "keelson VERB [-s STACK]        STACK is `dev` unless given",
    "keelson VERB --help            its flags and exit codes",
    "",
    ...Object.entries(verbs).flatMap(([name, verb]) => [`  ${usage(name, verb)}`, ...wrap("      ", verb.about)]),
    "",
    "Real stacks, on a real account, are driven with plain `pulumi up -s STACK`.",
    "",
    "exit codes",
    ...meaningLines(allCodes),
  ].join("\n");

function flagLines({ flags }: Verb): readonly string[] {
  const rows = Object.entries(flags).map(([key, flag]) => {
    const long = `--${key}${flag.value === undefined ? "" : ` ${flag.value}`}`;
    return [flag.short === undefined ? long : `-${flag.short}, ${long}`, flag.about] as const;
  });
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.flatMap(([flag, about]) => wrap(`  ${flag.padEnd(width)}  `, about));
}

/** The help of one verb. */
export const verbHelp = (name: string, verb: Verb): string =>
  [
    `keelson ${usage(name, verb)}`,
    "",
    ...wrap("  ", verb.about),
    ...(verb.more ?? []).flatMap((line) => wrap("  ", line)),
    "",
    ...flagLines(verb),
    ...(Object.keys(verb.flags).length === 0 ? [] : [""]),
    "exit codes",
    ...meaningLines(codesOf(verb)),
  ].join("\n");

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The table of docs/exit-codes.md, which a test compares with it. */
export function exitCodeTable(verbs: Verbs): string {
  const names = Object.keys(verbs);
  const mark = (name: string, code: ExitCode): string => {
    const verb = verbs[name];
    return verb !== undefined && codesOf(verb).includes(code) ? "yes" : "";
  };
  const rows = allCodes.map((code) => [String(code), meanings[code], ...names.map((name) => mark(name, code))]);
  return [row(["code", "meaning", ...names]), row(["---", "---", ...names.map(() => ":-:")]), ...rows.map(row)].join(
    "\n",
  );
}
