/** Where a verb writes: results to stdout, everything else to stderr, so that `--json` can be piped. */

export interface Terminal {
  /** A line of the result. */
  out(line: string): void;
  /** A line about the run. */
  note(line: string): void;
  /** The folder with package.json and the stack files. */
  readonly checkout: string;
}

export const terminal = (checkout: string): Terminal => ({
  out: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
  checkout,
});
