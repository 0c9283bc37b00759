/** The style sheet of the report: no font, no image and nothing else from anywhere; light and dark; one column when narrow. */

const LIGHT = {
  page: "#ffffff",
  panel: "#f6f8fa",
  line: "#d1d9e0",
  text: "#1f2328",
  faint: "#59636e",
  link: "#0969da",
  must: "#cf222e",
  "must-back": "#ffebe9",
  should: "#7d4e00",
  "should-back": "#fff8c5",
  open: "#0550ae",
  "open-back": "#ddf4ff",
  unchecked: "#59636e",
  "unchecked-back": "#eff2f5",
  waived: "#8250df",
  "waived-back": "#fbefff",
  passed: "#1a7f37",
  "passed-back": "#dafbe1",
};

const DARK: typeof LIGHT = {
  page: "#0d1117",
  panel: "#151b23",
  line: "#3d444d",
  text: "#f0f6fc",
  faint: "#9198a1",
  link: "#4493f8",
  must: "#ff7b72",
  "must-back": "#3c1618",
  should: "#e3b341",
  "should-back": "#3a2d0c",
  open: "#79c0ff",
  "open-back": "#0c2d5c",
  unchecked: "#9198a1",
  "unchecked-back": "#212830",
  waived: "#d2a8ff",
  "waived-back": "#2e1f4a",
  passed: "#56d364",
  "passed-back": "#12351d",
};

const variables = (colours: typeof LIGHT): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");

const LAYOUT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
main,header,footer,nav{max-width:1120px;margin:0 auto;padding:0 24px}
nav{position:sticky;top:0;z-index:2;max-width:none;background:var(--page);border-bottom:1px solid var(--line)}
nav ul{display:flex;gap:4px 20px;max-width:1072px;margin:0 auto;padding:10px 0;list-style:none;overflow-x:auto;white-space:nowrap}
section{padding:20px 0 12px;scroll-margin-top:44px}
h1{margin:0;font-size:32px;line-height:1.2}h1 span{font-weight:400;color:var(--faint)}
h2{margin:12px 0 4px;font-size:21px}h3{margin:0 0 6px;font-size:15px}
p{margin:6px 0 12px;max-width:76ch}
a{color:var(--link);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
small{display:block;font-size:12.5px;color:var(--faint);font-weight:400}
.faint{color:var(--faint)}.good{color:var(--passed)}.soon{color:var(--must)}.nowrap{white-space:nowrap}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
header{padding-top:32px;padding-bottom:8px}
.eyebrow{margin:0 0 2px;color:var(--faint);letter-spacing:.02em}
.verdict{margin:8px 0 18px;font-size:17px}.verdict.bad{color:var(--must)}
`;

const OVERVIEW = `
.tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:10px}
.tile{display:block;padding:12px 14px;border:1px solid var(--line);border-left-width:4px;border-radius:8px;background:var(--panel);color:var(--text)}
.tile b{display:block;font-size:26px;line-height:1.15;font-variant-numeric:tabular-nums}.tile span{font-size:13px;color:var(--faint)}
.tile:hover{text-decoration:none;border-color:var(--link)}
.bar{display:flex;gap:2px;height:8px;margin:14px 0 8px;border-radius:4px;overflow:hidden}
.bar i.violated{background:var(--must)}.bar i.undecided{background:var(--open)}.bar i.unchecked{background:var(--line)}.bar i.passed{background:var(--passed)}
`;

const KINDS = ["must", "should", "open", "unchecked", "waived", "passed"] as const;

const kinds = KINDS.map((kind) => {
  const names = kind === "open" ? [".open", ".undecided"] : [`.${kind}`];
  const of = (prefix: string, suffix = ""): string => names.map((name) => `${prefix}${name}${suffix}`).join(",");
  return [
    `${of(".tile")}{border-left-color:var(--${kind})}${of(".tile", " b")}{color:var(--${kind})}`,
    `${of(".cell")}{color:var(--${kind});background:var(--${kind}-back)}`,
    `${of(".chips>")}{color:var(--${kind});background:var(--${kind}-back);border-color:transparent}`,
    `${of(".finding")}{border-left-color:var(--${kind})}${of(".finding", " .level")}{color:var(--${kind})}`,
  ].join("");
}).join("\n");

const TABLES = `
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;margin:10px 0 16px}
.graph{padding:0;background:var(--page)}.graph svg{display:block;margin:0 auto;max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:7px 12px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{background:var(--panel);font-size:12.5px;color:var(--faint);font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums}.tick{text-align:center}
.matrix tbody th,.matrix thead th:first-child{position:sticky;left:0;background:var(--page);white-space:nowrap}
.matrix thead th:first-child{background:var(--panel)}
.cell{white-space:nowrap;font-weight:600}.cell.none{color:var(--faint);font-weight:400}
.rules th small{max-width:52ch}
`;

const CARDS = `
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:12px;margin:12px 0 16px}
.card{padding:14px 16px;border:1px solid var(--line);border-radius:8px;background:var(--panel)}.card p{margin:0 0 8px}
.chips{display:flex;flex-wrap:wrap;gap:6px;margin:4px 0 8px;padding:0;list-style:none}
.chips li{padding:1px 9px;border:1px solid var(--line);border-radius:12px;font-size:13px}
.finding{margin:12px 0;padding:14px 18px;border:1px solid var(--line);border-left:4px solid var(--line);border-radius:8px;background:var(--panel)}
.finding p{margin:4px 0}.finding .level{font-weight:700}.message{font-size:15.5px}
.mend{padding:6px 10px;border-radius:6px;background:var(--page);border:1px solid var(--line)}
.mend b{color:var(--passed)}
.severity,.standard{display:inline-block;padding:0 8px;border:1px solid var(--line);border-radius:10px;font-size:12.5px;white-space:nowrap}
.severity.critical,.severity.high{color:var(--must);border-color:var(--must)}
.severity.medium{color:var(--should);border-color:var(--should)}
.where{margin:8px 0 4px;padding-left:20px;font-size:14px;overflow-wrap:anywhere}
details{margin:8px 0}summary{cursor:pointer;padding:6px 0}
footer{padding-top:8px;padding-bottom:40px;color:var(--faint);font-size:13.5px}
`;

const NARROW = `
@media(max-width:760px){
main,header,footer,nav{padding-left:14px;padding-right:14px}
h1{font-size:26px}.tiles{grid-template-columns:repeat(2,1fr)}
.graph svg{max-width:none;width:820px}.scroll table{min-width:600px}
th,td{padding:6px 9px}.finding{padding:12px 13px}
}
@media print{nav{display:none}details>*{display:block}}
`;

export const STYLE = [
  `:root{color-scheme:light dark;${variables(LIGHT)}}`,
  `@media(prefers-color-scheme:dark){:root{${variables(DARK)}}}`,
  LAYOUT,
  OVERVIEW,
  TABLES,
  CARDS,
  kinds,
  NARROW,
].join("\n");
