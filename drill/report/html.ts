/** The document as one page without scripts or anything fetched: the timeline as a picture, then the same text as Markdown. */
import { type DrillDocument } from "./document";
import { escapeXml, timeline } from "./timeline";

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:14px}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #d0d0d0;overflow-wrap:anywhere}
th{white-space:nowrap}h2{margin-top:2.2rem;border-bottom:2px solid currentColor}code{font:13px ui-monospace,monospace}svg{max-width:100%;height:auto}
.recovered{color:#2f7d4f}.blocked,.bad{color:#b3261e;font-weight:600}.unsure{color:#8a5a00}
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}th,td{border-color:#444}.recovered{color:#7fd0a0}.blocked,.bad{color:#ff8a80}.unsure{color:#e0b060}}`;

/** @param text the document as Markdown, whose first heading the page writes itself. */
export const html = (document: DrillDocument, text: string): string =>
  [
    "<!doctype html>",
    `<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>Drill of ${escapeXml(document.stack)}: ${document.outcome}</title><style>${STYLE}</style>`,
    `<h1>Drill of ${escapeXml(document.stack)}: <span class="${document.outcome}">${document.outcome}</span></h1>`,
    timeline(document),
    ...blocks(text).map(block),
    "</html>",
    "",
  ].join("\n");

/** Paragraphs, tables, lists and headings, which an empty line parts. The first heading and pictures are the page's own. */
const blocks = (text: string): readonly string[] =>
  text.split(/\n{2,}/).filter((one) => one.trim() !== "" && !/^# |^!\[/.test(one));

function block(text: string): string {
  if (text.startsWith("## ")) return heading(text);
  if (text.startsWith("|")) return table(text.split("\n"));
  if (text.startsWith("- "))
    return `<ul>${text
      .split("\n")
      .map((line) => `<li>${inline(line.slice(2))}</li>`)
      .join("")}</ul>`;
  return `<p>${inline(text)}</p>`;
}

/** What follows a heading without an empty line is a block of its own. */
function heading(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return `<h2>${inline(first.slice(3))}</h2>${rest.length === 0 ? "" : block(rest.join("\n"))}`;
}

function table([head = "", , ...rows]: readonly string[]): string {
  const cells = (row: string): readonly string[] =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll("\\|", "|"));
  const line = (row: string, tag: "th" | "td"): string =>
    `<tr>${cells(row)
      .map((cell) => `<${tag}${judged(cell)}>${inline(cell)}</${tag}>`)
      .join("")}</tr>`;
  return `<table>${line(head, "th")}${rows.map((row) => line(row, "td")).join("")}</table>`;
}

const BAD = ["NO", "missed", "blocked"];
const UNSURE = ["not run", "modelled", "**no**", "not measured"];

const judged = (cell: string): string =>
  BAD.some((word) => cell === word || cell.endsWith(` ${word}`))
    ? ` class="bad"`
    : UNSURE.includes(cell)
      ? ` class="unsure"`
      : "";

const inline = (text: string): string =>
  escapeXml(text)
    .replaceAll("\n", " ")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/`([^`]+)`/g, "<code>$1</code>");
