/** Long lines for a terminal: broken at blanks, the rest indented. Commands to copy are never broken. Pure. */

const columns = 100;

/**
 * `lead` and then the text; every further line begins under the text. A word longer than a line stays whole.
 *
 * @param width columns of a line.
 */
export function wrap(lead: string, text: string, width = columns): readonly string[] {
  const room = Math.max(20, width - lead.length);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  const blank = " ".repeat(lead.length);
  return lines.map((line, index) => (index === 0 ? lead : blank) + line);
}
