/** What a bench measured, as data, and as a table that people read. Nothing here judges a run: a missed aim is listed, no more. */

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: "s" | "ms" | "MiB" | "times" | "steps";
  /** The most it should be. */
  readonly aim?: number;
}

export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Sentences below the table: why something was not measured, a path by name. */
  readonly notes?: readonly string[];
}

const digits: Readonly<Record<Figure["unit"], number>> = { s: 2, ms: 1, MiB: 1, times: 3, steps: 0 };

const missed = ({ value, aim }: Figure): boolean => aim !== undefined && value > aim;

const shown = ({ value, unit }: Figure): string => `${value.toFixed(digits[unit])} ${unit}`;

function line(figure: Figure): string {
  const aim = figure.aim === undefined ? "" : `   aim ${figure.aim} ${missed(figure) ? "MISSED" : "met"}`;
  return `  ${figure.what.padEnd(64)} ${shown(figure).padStart(16)}${aim}`;
}

/** The section as lines. */
export const table = ({ title, figures, notes = [] }: Section): readonly string[] => [
  "",
  title,
  ...figures.map(line),
  ...notes.map((note) => `  ${note}`),
];

/** The last lines: which aims were missed, by name. */
export function verdict(sections: readonly Section[]): readonly string[] {
  const all = sections.flatMap(({ title, figures }) => figures.filter(missed).map((figure) => ({ title, figure })));
  if (all.length === 0) return ["", "every aim that was measured is met"];
  return [
    "",
    "missed its aim:",
    ...all.map(({ title, figure }) => `  ${title}: ${figure.what}: ${shown(figure)}, aim ${figure.aim}`),
  ];
}
