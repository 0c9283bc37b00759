/** Waivers by expiry: which rule, for what, why, who answers for it, and how long it still holds. Pure. */
import { type Waived } from "../../embedded/engine/records";
import { type Found, waivedOf } from "../subjects";
import { type Html, html, section } from "./html";
import { type ReportInput } from "./input";

const DAY = 86_400_000; // milliseconds

const daysUntil = (day: string, today: string): number => Math.round((Date.parse(day) - Date.parse(today)) / DAY);

/** From when on a waiver should be on somebody's list. */
const SOON = 30;

function row({ where, finding: { rule, waiver } }: Found<Waived>, today: string): Html {
  const left = daysUntil(waiver.expires, today);
  return html`<tr>
    <td class="nowrap">
      <time datetime="${waiver.expires}">${waiver.expires}</time>
      <small class="${left <= SOON ? "soon" : "faint"}">${left} day${left === 1 ? "" : "s"} left</small>
    </td>
    <td><code>${rule}</code><small>${where}</small></td>
    <td>${waiver.reason}</td>
    <td>${waiver.owner}</td>
  </tr> `;
}

export function waivers({ subjects, today }: ReportInput): Html {
  const waived = waivedOf(subjects);
  const table = html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">holds until</th>
          <th scope="col">rule and object</th>
          <th scope="col">why</th>
          <th scope="col">who answers</th>
        </tr>
      </thead>
      <tbody>
        ${waived.map((found) => row(found, today))}
      </tbody>
    </table>
  </div>`;
  return section(
    "waivers",
    "Waivers by expiry",
    html`<p class="faint">
      Violated, and somebody answers for it until that day. One that expires, or that nothing needs any more, is a
      violation itself.
    </p>`,
    waived.length === 0 ? html`<p class="good">None.</p>` : table,
  );
}
