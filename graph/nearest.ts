/** The known name a misspelt one most likely means, for messages that end in a suggestion. */

/** The known name with the fewest edits, at most three and fewer than the name is long. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known.map((each) => [edits(name, each), each] as const).toSorted(([a], [b]) => a - b);
  return best !== undefined && best[0] <= 3 && best[0] < name.length ? best[1] : undefined;
}

/** Letters to insert, remove or replace until one name is the other. */
function edits(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (const [i, left] of [...a].entries()) row = nextRow(row, left, [...b], i + 1);
  return row.at(-1) ?? 0;
}

function nextRow(above: readonly number[], left: string, letters: readonly string[], first: number): number[] {
  const row = [first];
  for (const [j, right] of letters.entries())
    row.push(Math.min((above[j] ?? 0) + (left === right ? 0 : 1), (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
  return row;
}
