/** The table of verdicts by service and category, as the terminal has it. Pure. */
import { type Category } from "../../policies/rule";
import { categoriesIn, type Cell, cellText, labelOf, NO_CELL, type VerdictRow, verdictRows } from "../verdict-table";
import { type Html, html, section } from "./html";
import { type ReportInput } from "./input";

/** What a cell is coloured as; its text says the same. */
function kindOf({ must, should, undecided, waived, judged }: Cell): string {
  if (must > 0) return "must";
  if (should > 0) return "should";
  if (undecided > 0) return "undecided";
  if (waived > 0) return "waived";
  return judged > 0 ? "passed" : "none";
}

const titleOf = ({ judged, must, should, undecided, waived }: Cell): string =>
  `${judged} objects judged; ${must} must, ${should} should, ${undecided} undecided, ${waived} waived`;

const cellOf = (cell: Cell): Html =>
  html`<td class="cell ${kindOf(cell)}" title="${titleOf(cell)}">${cellText(cell)}</td>`;

const rowOf = (row: VerdictRow, categories: readonly Category[]): Html =>
  html`<tr>
    <th scope="row">${labelOf(row.owner)}</th>
    ${categories.map((category) => cellOf(row.cells.get(category) ?? NO_CELL))}
    <td class="number">${row.objects}</td>
    <td class="number">${row.unchecked}</td>
  </tr> `;

export function verdicts({ subjects }: ReportInput): Html {
  const rows = verdictRows(subjects);
  const categories = categoriesIn(rows);
  return section(
    "verdicts",
    "Verdicts by service and category",
    html`<p class="faint">
        A cell shows the worst: what must be mended, what should be, what is open, what is waived. A dash: no rule of
        the category knows an object there.
      </p>
      <div class="scroll">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">service or part</th>
              ${categories.map((name) => html`<th scope="col">${name}</th>`)}
              <th scope="col" class="number">objects</th>
              <th scope="col" class="number">unchecked</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => rowOf(row, categories))}
          </tbody>
        </table>
      </div>`,
  );
}
