/** What has no verdict yet, and what nobody judged: the closed world, with the reasons. Pure. */
import { type OpenQuestion } from "../../embedded/engine/records";
import { nameOf, type Subject } from "../subjects";
import { biggestFirst, grouped, tally } from "../tally";
import { type Html, html, NOTHING, section } from "./html";
import { type ReportInput } from "./input";

interface Open {
  readonly subject: Subject;
  readonly question: OpenQuestion;
}

const shortKind = (kind: string): string => kind.split(":").at(-1) ?? kind;

const names = (subjects: readonly Subject[]): Html =>
  html`<ul class="where">
    ${subjects.map(({ object }) => html`<li>${nameOf(object)}</li> `)}
  </ul>`;

function questionCard(members: readonly Open[]): Html {
  const [first] = members;
  if (first === undefined) return NOTHING;
  const { rule, path, message } = first.question;
  return html`<article class="finding open">
    <h3><code>${rule ?? "no rule"}</code></h3>
    <p class="message">${message}${path === undefined || path === "" ? NOTHING : html` <code>${path}</code>`}</p>
    ${names(members.map(({ subject }) => subject))}
  </article> `;
}

export function undecided({ subjects }: ReportInput): Html {
  const open = subjects.flatMap((subject) => subject.object.undecided.map((question) => ({ subject, question })));
  const groups = grouped(open, ({ question: { rule, path, message } }) => [rule, path, message].join("\n"));
  const cards = [...groups.values()].map(questionCard);
  return section(
    "undecided",
    "Undecided",
    html`<p class="faint">A value is not known before <code>up</code>; <code>--strict</code> fails on these.</p>`,
    cards.length === 0 ? html`<p class="good">None.</p>` : cards,
  );
}

function reasonBlock(reason: string, members: readonly Subject[]): Html {
  const kinds = biggestFirst(tally(members, ({ object }) => shortKind(object.kind)));
  return html`<details>
    <summary><b>${members.length}</b> ${reason}</summary>
    <ul class="chips">
      ${kinds.map(([kind, many]) => html`<li><b>${many}</b> ${kind}</li>`)}
    </ul>
    ${names(members)}
  </details> `;
}

const chartItem = ({ chart, version, reason }: ReportInput["plan"]["unexpanded"][number]): Html =>
  html`<li><b>${`${chart} ${version}`.trim()}</b> <span class="faint">${reason}</span></li> `;

export function unchecked({ subjects, plan }: ReportInput): Html {
  const open = subjects.filter(({ object }) => object.verdict === "unchecked");
  const reasons = grouped(open, ({ object }) => object.unchecked[0]?.message ?? "no reason was given");
  const blocks = [...reasons].map(([reason, members]) => reasonBlock(reason, members));
  const charts =
    plan.unexpanded.length === 0
      ? NOTHING
      : html`<h3>Charts that nobody could look into</h3>
          <ul class="where">
            ${plan.unexpanded.map(chartItem)}
          </ul>`;
  return section(
    "unchecked",
    "Unchecked",
    html`<p class="faint">
      Nobody judged these: look yourself if you care. A pack that says nothing about an object has not approved it.
    </p>`,
    blocks.length === 0 ? html`<p class="good">None.</p>` : blocks,
    charts,
  );
}
