/**
 * Owns how long work is shown: a line when it begins with what it should take, one at most every 15 seconds while it
 * runs, one when it ends. A terminal gets the same in place of lines that scroll. What is shown is the caller's choice.
 */

/** A piece of work that may take long. */
export interface Step {
  /** As a present participle: `building kube-apiserver 1.36.3`. */
  readonly what: string;
  /** From the table of tools; without it only the elapsed time is shown. */
  readonly expectedSeconds?: number;
}

export interface RunningStep {
  /** Ends the step; `outcome` such as `done`, `failed`. */
  end(outcome: string): void;
}

export interface Progress {
  /** One plain line of something worth knowing. */
  note(line: string): void;
  begin(step: Step): RunningStep;
}

/** Where lines go: `process.stderr` is one. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Rhythm {
  /** @default 15 seconds, on a terminal 1 second */
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** `45 s`, `4 min 5 s`. */
export function showSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `building x: 1 min 0 s of about 4 min 0 s`. */
export function showElapsed({ what, expectedSeconds }: Step, elapsed: number): string {
  if (expectedSeconds === undefined) return `${what}: ${showSeconds(elapsed)}`;
  const more = elapsed > expectedSeconds ? " (longer than usual)" : "";
  return `${what}: ${showSeconds(elapsed)} of about ${showSeconds(expectedSeconds)}${more}`;
}

const beginning = ({ what, expectedSeconds }: Step): string =>
  expectedSeconds === undefined ? what : `${what}, about ${showSeconds(expectedSeconds)}`;

/** Says nothing. */
export const silent: Progress = { note: () => undefined, begin: () => ({ end: () => undefined }) };

/** Shows progress on a screen: lines, or on a terminal one line that is written over. */
export function progressOn(screen: Screen, { everyMs, now = Date.now }: Rhythm = {}): Progress {
  const over = screen.isTTY === true;
  const line = (text: string) => screen.write(over ? `\r\u001b[2K${text}\n` : `${text}\n`);
  const live = (text: string) => (over ? screen.write(`\r\u001b[2K${text}`) : line(text));
  const begin = (step: Step): RunningStep => {
    const since = now();
    const elapsed = () => (now() - since) / 1_000;
    live(beginning(step));
    const timer = setInterval(() => live(showElapsed(step, elapsed())), everyMs ?? (over ? 1_000 : 15_000));
    timer.unref();
    return { end: (outcome) => (clearInterval(timer), line(`${step.what}: ${outcome} in ${showSeconds(elapsed())}`)) };
  };
  return { note: line, begin };
}

/** Runs `work` as a step, and ends the step whatever becomes of it. */
export async function during<T>(progress: Progress, step: Step, work: () => Promise<T>): Promise<T> {
  const running = progress.begin(step);
  try {
    const result = await work();
    running.end("done");
    return result;
  } catch (error) {
    running.end("failed");
    throw error;
  }
}
