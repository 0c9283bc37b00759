/**
 * `keelson plan --report FILE.html`: one page that needs nothing but itself. No script, no network, no font; whatever
 * stands in it was escaped by the template that put it there. Pure: the same plan on the same day gives the same bytes.
 */
import { html, type Html, trusted } from "./html";
import { type ReportInput } from "./input";
import { unchecked, undecided } from "./open";
import { overview } from "./overview";
import { picture } from "./picture";
import { rules } from "./rules";
import { STYLE } from "./style";
import { verdicts } from "./verdicts";
import { violations } from "./violations";
import { waivers } from "./waivers";

/** Nothing may be loaded from anywhere and nothing may run, even if something of it were wrong. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

const SECTIONS: readonly (readonly [string, string])[] = [
  ["violations", "violations"],
  ["graph", "graph"],
  ["verdicts", "verdicts"],
  ["waivers", "waivers"],
  ["undecided", "undecided"],
  ["unchecked", "unchecked"],
  ["rules", "rules"],
];

const navigation = (): Html =>
  html`<nav aria-label="sections">
    <ul>
      ${SECTIONS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;

const limits = (): Html =>
  html`<footer>
    <p>
      Judged before anything exists: what a chart contains, what a controller will create, and values that only the
      cloud knows are not in here. Objects that Argo CD applies are judged from what <code>keelson render</code> writes.
      Messages carry paths, kinds and lengths, never values.
    </p>
  </footer>`;

export function page(input: ReportInput): string {
  const body = html`${overview(input)} ${navigation()}
    <main>
      ${violations(input)} ${picture(input)} ${verdicts(input)} ${waivers(input)} ${undecided(input)}
      ${unchecked(input)} ${rules(input)}
    </main>
    ${limits()}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="referrer" content="no-referrer" />
        <title>${input.graph.system.name} on ${input.stack}: keelson plan</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
