/** The document as one page without scripts or anything fetched: the timeline as a picture, then the same text. */
import { type DrillDocument } from "./document";
import { span } from "./words";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}svg{max-width:100%;height:auto}
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}svg text{fill:#e8e8e8}}`;

export const html = (document: DrillDocument, text: string): string =>
  [
    "<!doctype html>",
    `<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>Drill of ${escape(document.stack)}: ${document.outcome}</title><style>${STYLE}</style>`,
    `<h1>Drill of ${escape(document.stack)}: ${document.outcome}</h1>`,
    timeline(document),
    `<pre>${escape(text)}</pre>`,
    "</html>",
    "",
  ].join("\n");

const WIDTH = 960;
const ROW = 28;
const LEFT = 250;
const COLOURS = { done: "#2f7d4f", blocked: "#b3261e", "not run": "#8a8a8a" } as const;

/** A bar for each step, one after the other: only the time in steps is shown, not that between them. */
export function timeline({ steps }: DrillDocument): string {
  const total = Math.max(
    1,
    steps.reduce((sum, { seconds }) => sum + seconds, 0),
  );
  const scale = (WIDTH - LEFT - 110) / total;
  const bars = steps.map(({ title, seconds, state }, index) => {
    const before = steps.slice(0, index).reduce((sum, step) => sum + step.seconds, 0);
    const [x, y, width] = [LEFT + before * scale, index * ROW + 6, Math.max(2, seconds * scale)];
    const label = state === "not run" ? "not run" : `${span(seconds)}${state === "blocked" ? ", blocked" : ""}`;
    return (
      `<text x="0" y="${y + 14}">${escape(title)}</text>` +
      `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="18" rx="2" fill="${COLOURS[state]}"/>` +
      `<text x="${(x + width + 6).toFixed(1)}" y="${y + 14}">${label}</text>`
    );
  });
  const height = steps.length * ROW + 8;
  const head = `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img"`;
  const style = `font-family="system-ui,sans-serif" font-size="13"`;
  return `${head} aria-label="Timeline of the drill's steps" ${style}>${bars.join("")}</svg>`;
}
