/** The rules and the standards they answer to, each with how it stands in this stack. Pure. */
import { type Html, html, section } from "./html";
import { type ReportInput } from "./input";
import { coverage, type Coverage, type RuleState, ruleStates, type Standing, standingOf, STANDARDS } from "./standards";

const KIND: Readonly<Record<Standing, string>> = {
  violated: "must",
  undecided: "undecided",
  waived: "waived",
  holds: "passed",
  "nothing to judge": "none",
};

const SHOWN: readonly Standing[] = ["violated", "undecided", "waived", "holds", "nothing to judge"];

const standings = ({ standings: of }: Coverage): readonly Html[] =>
  SHOWN.filter((standing) => of[standing] > 0).map(
    (standing) => html`<li class="${KIND[standing]}"><b>${of[standing]}</b> ${standing}</li>`,
  );

const standardCard = (one: Coverage): Html =>
  html`<article class="card">
    <h3><a href="${one.link}" rel="noreferrer">${one.name}</a></h3>
    <p class="faint">
      ${one.rules} rule${one.rules === 1 ? "" : "s"} of the
      pack${one.standard === "pss-restricted" ? ", on top of the baseline's" : ""}
    </p>
    <ul class="chips">
      ${standings(one)}
    </ul>
  </article> `;

const tick = (has: boolean, name: string): Html =>
  has ? html`<td class="tick" title="${name}">●<span class="sr">${name}</span></td>` : html`<td class="tick"></td>`;

function ruleRow(state: RuleState, standards: typeof STANDARDS): Html {
  const { rule, judged, violated, waived, undecided } = state;
  const standing = standingOf(state);
  const counts = `${judged} judged, ${violated} violated, ${undecided} undecided, ${waived} waived`;
  return html`<tr>
    <th scope="row">
      <a href="${rule.link}" rel="noreferrer"><code>${rule.id}</code></a
      ><small>${rule.title}</small>
    </th>
    <td><span class="severity ${rule.severity}">${rule.severity}</span></td>
    <td class="cell ${KIND[standing]}" title="${counts}">${standing}</td>
    <td class="number">${judged}</td>
    ${standards.map(([id, name]) => tick(rule.standards.includes(id), name))}
  </tr> `;
}

export function rules({ subjects }: ReportInput): Html {
  const states = ruleStates(subjects);
  const covered = coverage(states);
  const standards = STANDARDS.filter(([id]) => covered.some(({ standard }) => standard === id));
  return section(
    "rules",
    "Rules and the standards they answer to",
    html`<p class="faint">
        A standard is covered as far as its rules here go: a control of it that no rule stands for is not claimed.
      </p>
      <div class="cards">${covered.map(standardCard)}</div>
      <details>
        <summary>All ${states.length} rules</summary>
        <div class="scroll">
          <table class="rules">
            <thead>
              <tr>
                <th scope="col">rule</th>
                <th scope="col">severity</th>
                <th scope="col">stands</th>
                <th scope="col" class="number">judged</th>
                ${standards.map(([id]) => html`<th scope="col" class="tick">${id}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${states.map((state) => ruleRow(state, standards))}
            </tbody>
          </table>
        </div>
      </details>`,
  );
}
