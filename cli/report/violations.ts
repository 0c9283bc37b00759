/** Every violation with why it matters and what mends it: one card per rule and message, however many objects it meets. Pure. */
import { RULES } from "../../policies/rules/all";
import { type Found, isMust, violationsOf } from "../subjects";
import { grouped } from "../tally";
import { type Html, html, NOTHING, section } from "./html";
import { type ReportInput } from "./input";

const FACTS = new Map(RULES.map((rule) => [rule.id, rule]));

function whereItem({ where, finding: { path }, subject }: Found, { placeOf }: ReportInput): Html {
  const { file, line } = subject === undefined ? { file: "policies/waivers.json", line: 1 } : placeOf(subject.owner);
  const field = path === "" ? NOTHING : html` <code>${path}</code>`;
  return html`<li><b>${where}</b>${field} <span class="faint">${file}:${line}</span></li> `;
}

const MOST = 20;

function whereList(members: readonly Found[], input: ReportInput): Html {
  const items = members.map((found) => whereItem(found, input));
  if (items.length <= MOST)
    return html`<ul class="where">
      ${items}
    </ul>`;
  const rest = items.slice(MOST);
  return html`<ul class="where">
      ${items.slice(0, MOST)}
    </ul>
    <details>
      <summary>and ${rest.length} more</summary>
      <ul class="where">
        ${rest}
      </ul>
    </details>`;
}

function card(members: readonly Found[], input: ReportInput): Html {
  const [first] = members;
  if (first === undefined) return NOTHING;
  const { rule, severity, standards, message, remedy } = first.finding;
  const facts = FACTS.get(rule);
  const level = isMust(first) ? "must" : "should";
  const link = facts === undefined ? NOTHING : html` <a href="${facts.link}" rel="noreferrer">source</a>`;
  return html`<article class="finding ${level}">
    <h3><span class="level">${level}</span> <code>${rule}</code></h3>
    <p>
      <span class="severity ${severity}">${severity}</span>
      ${standards.map((name) => html`<span class="standard">${name}</span> `)}
    </p>
    <p class="message">${message}</p>
    ${facts === undefined ? NOTHING : html`<p>${facts.why}${link}</p>`}
    <p class="mend"><b>mend</b> ${remedy}</p>
    ${whereList(members, input)}
  </article> `;
}

export function violations(input: ReportInput): Html {
  const found = violationsOf(input.subjects, input.plan);
  const groups = [...grouped(found, ({ finding: { rule, message } }) => `${rule}\n${message}`).values()];
  const sorted = groups.sort((a, b) => Number(b.some(isMust)) - Number(a.some(isMust)));
  const cards = sorted.map((members) => card(members, input));
  return section("violations", "Violations", cards.length === 0 ? html`<p class="good">None.</p>` : cards);
}
