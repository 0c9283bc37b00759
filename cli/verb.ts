/** What a verb of the command line is: data for help and parsing, and the code behind it, loaded only when it is used. */
import { type ExitCode } from "./exit-codes";
import { type Terminal } from "./terminal";

export interface Flag {
  /** One letter, such as `s`. */
  readonly short?: string;
  /** Name of its value, such as `STACK`; a flag without one is a switch. */
  readonly value?: string;
  readonly about: string;
  /** Whether the verb cannot do without it. */
  readonly needed?: boolean;
}

export interface Arguments {
  /** Values by flag; a switch that is on holds `true`. */
  readonly flags: Readonly<Record<string, string | boolean>>;
  readonly words: readonly string[];
}

export type Run = (args: Arguments, terminal: Terminal) => Promise<ExitCode>;

export interface Verb {
  readonly about: string;
  /** More for its own `--help`: what it needs, what it leaves, how to go on. */
  readonly more?: readonly string[];
  /** The exit codes it can end with, beside 1 for what nobody foresaw. */
  readonly ends: readonly ExitCode[];
  /** Words after the verb, such as `A B`. */
  readonly words?: readonly string[];
  /** A flag that stands for the words: with it none are taken, without it none may be missing. */
  readonly insteadOfWords?: string;
  /** Whether the last word may be repeated. */
  readonly many?: boolean;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Flags of which one at most can be given. */
  readonly oneOf?: readonly string[];
  readonly load: () => Promise<{ readonly run: Run }>;
}
