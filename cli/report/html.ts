/**
 * HTML that cannot be forgotten to escape: the template escapes every text it is given, and only what a template made goes
 * through as it is. Pure.
 */

/** A piece of a page. Its text is safe because nobody but `html` and `trusted` makes one. */
export class Html {
  constructor(readonly text: string) {}
}

export type Part = Html | string | number | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return part.map(textOf).join("");
}

/** A piece of a page: texts in it are escaped, also inside quoted attributes; pieces and lists of them are put in. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, at) => text + (at < parts.length ? textOf(parts[at] ?? "") : "")).join(""));

/** Markup of our own that was escaped where it was made, such as the graph's SVG and the style sheet. */
export const trusted = (text: string): Html => new Html(text);

export const NOTHING: Html = trusted("");

/** A section with its heading, which the page's navigation points to. */
export const section = (id: string, title: string, ...content: readonly Part[]): Html =>
  html`<section id="${id}">
    <h2>${title}</h2>
    ${content}
  </section>`;
