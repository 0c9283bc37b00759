/** The steps of a drill as a picture: a bar for each, one after the other, coloured by how it ended, with the loss marked. */
import { type DrillDocument, type StepReport } from "./document";
import { span } from "./words";

const WIDTH = 960;
const ROW = 28;
const TOP = 30;
const LEFT = 265;
const RIGHT = 110;
const COLOURS = { done: "#2f7d4f", blocked: "#b3261e", "not run": "#8a8a8a" } as const;

export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const secondsOf = (steps: readonly StepReport[]): number => steps.reduce((sum, { seconds }) => sum + seconds, 0);

/** Only the time in steps is shown, not that between them: a drill may have been stopped for a night. */
export function timeline({ steps, stack }: DrillDocument): string {
  const total = Math.max(1, secondsOf(steps));
  const scale = (WIDTH - LEFT - RIGHT) / total;
  const at = (seconds: number): number => LEFT + seconds * scale;
  const bars = steps.map((step, index) => bar(step, at(secondsOf(steps.slice(0, index))), scale, index));
  const lost = steps.findIndex(({ name }) => name === "lose-region");
  const height = TOP + steps.length * ROW + 8;
  const isLost = steps[lost]?.state === "done";
  const parts = [
    ...ticks(total, at, height),
    ...bars,
    ...(isLost ? [loss(at(secondsOf(steps.slice(0, lost + 1))), height)] : []),
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`;
  const style = `role="img" aria-label="Timeline of the drill of ${escapeXml(stack)}" font-family="system-ui,sans-serif" font-size="13"`;
  return `${head} ${style}>${parts.join("")}</svg>`;
}

function bar({ title, seconds, state, name, stage }: StepReport, x: number, scale: number, index: number): string {
  const [y, width] = [TOP + index * ROW + 4, Math.max(2, seconds * scale)];
  const label = state === "not run" ? "not run" : `${span(seconds)}${state === "blocked" ? ", blocked" : ""}`;
  return (
    `<g><title>${escapeXml(`${name}, ${stage}: ${label}`)}</title>` +
    `<text x="0" y="${y + 14}" fill="currentColor">${escapeXml(title)}</text>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="18" rx="2" fill="${COLOURS[state]}"/>` +
    `<text x="${(x + width + 6).toFixed(1)}" y="${y + 14}" fill="currentColor">${label}</text></g>`
  );
}

/** Lines at whole units of time, five at most. */
function ticks(total: number, at: (seconds: number) => number, height: number): readonly string[] {
  const unit = UNITS.find((each) => total / each <= MOST_TICKS) ?? 86_400;
  const marks = Array.from({ length: Math.floor(total / unit) + 1 }, (_, index) => index * unit);
  return marks.map((seconds) => {
    const x = at(seconds).toFixed(1);
    return (
      `<line x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${height}" stroke="#8a8a8a" stroke-opacity="0.35"/>` +
      `<text x="${x}" y="${TOP - 12}" text-anchor="middle" fill="currentColor">${span(seconds)}</text>`
    );
  });
}

const UNITS = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600];
const MOST_TICKS = 5;

const loss = (x: number, height: number): string =>
  `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${TOP - 6}" y2="${height}" stroke="#b3261e" stroke-width="2"><title>the region is lost</title></line>`;
