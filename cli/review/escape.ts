/** Text of somebody else's in Markdown: as a code span, or with every character that could mean something escaped. Pure. */

/** Line breaks and what steers a terminal or turns the reading direction. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A zero-width space: nobody sees it, and what it parts is no mention, reference or address any more. */
const BREAK = "\u200b";

/** A code span, fenced by more backticks than the text has in a row. */
export function code(text: string): string {
  const shown = text.replace(UNSEEN, "\ufffd") || " ";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const room = /^`|`$/.test(shown) ? " " : "";
  return `${fence}${room}${shown}${room}${fence}`;
}

/** Prose. */
export const plain = (text: string): string =>
  text
    .replace(UNSEEN, " ")
    .replace(/[\\`*_{}[\]<>()#|~!$^&]/g, (char) => (char === "<" ? "&lt;" : char === "&" ? "&amp;" : `\\${char}`))
    .replace(/@(?=\w)/g, `@${BREAK}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\bwww\./gi, (word) => `${word.slice(0, -1)}${BREAK}.`);
