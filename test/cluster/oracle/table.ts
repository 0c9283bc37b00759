/** What was compared, as a table to read: by level and by control, with how often one control alone made the verdict. */
import { CONTROL_NAMES, LEVELS, type Control, type Level } from "./controls";
import type { Compared, Comparison } from "./server";

export const merged = (all: readonly Compared[]): Compared => ({
  comparisons: all.flatMap(({ comparisons }) => comparisons),
  discarded: all.flatMap(({ discarded }) => discarded),
});

export const disagreements = ({ comparisons }: Compared): readonly string[] =>
  comparisons
    .filter(({ theirs, ours }) => theirs.join() !== ours.join())
    .map(({ surface, level, name, theirs, ours, object }) =>
      [
        `${surface} at ${level}: ${name}`,
        `  the API server: ${theirs.join(", ") || "admitted"}`,
        `  our rules:      ${ours.join(", ") || "admitted"}`,
        `  ${JSON.stringify(object)}`,
      ].join("\n"),
    );

export interface Tally {
  readonly verdicts: number;
  readonly admitted: number;
  readonly refused: number;
}

export const tally = (comparisons: readonly Comparison[], level: Level): Tally => {
  const own = comparisons.filter((each) => each.level === level);
  const admitted = own.filter(({ theirs }) => theirs.length === 0).length;
  return { verdicts: own.length, admitted, refused: own.length - admitted };
};

/** How often a control was broken, and how often nothing else was: without its rule, those verdicts would differ. */
export const broken = (comparisons: readonly Comparison[], level: Level, control: Control) => {
  const own = comparisons.filter((each) => each.level === level && each.theirs.includes(control));
  return { all: own.length, alone: own.filter(({ theirs }) => theirs.length === 1).length };
};

const row = (first: string, ...cells: readonly (string | number)[]): string =>
  `  ${first.padEnd(22)}${cells.map((cell) => String(cell).padStart(12)).join("")}`;

export function table(compared: Compared): readonly string[] {
  const { comparisons, discarded } = compared;
  const surfaces = [...new Set([...comparisons, ...discarded].map(({ surface }) => surface))];
  const controls = CONTROL_NAMES.map((control) => {
    const cells = LEVELS.map((level) => broken(comparisons, level, control));
    return row(control, ...cells.flatMap(({ all, alone }) => [all, alone]));
  });
  return [
    row("verdicts", ...LEVELS.flatMap((level) => [`${level}:`, "refused"]), "discarded"),
    ...surfaces.map((surface) => {
      const tallies = LEVELS.map((level) =>
        tally(
          comparisons.filter((each) => each.surface === surface),
          level,
        ),
      );
      const thrown = discarded.filter((each) => each.surface === surface).length;
      return row(surface, ...tallies.flatMap(({ verdicts, refused }) => [verdicts, refused]), thrown);
    }),
    "",
    row("broken control", ...LEVELS.flatMap((level) => [`${level}:`, "alone"])),
    ...controls,
  ];
}

/** Why objects are invalid, the commonest reasons first, without the names and values in them. */
export function commonest(messages: readonly string[], most: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const reason = message
      .replace(/^.*? is invalid: /, "")
      .replace(/\[\d+\]|"[^"]*"/g, "…")
      .slice(0, 110);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([reason, count]) => `  ${String(count).padStart(4)} ${reason}`);
}
