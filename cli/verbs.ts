/** The verbs of the command line: what each takes, how each can end, and where its code is. */
import { exitCodes as ends } from "./exit-codes";
import { type Flag, type Verb } from "./verb";

const stack: Flag = {
  short: "s",
  value: "STACK",
  about: "the stack, `dev` unless given: its settings are Pulumi.STACK.yaml",
};

const sarif: Flag = {
  value: "FILE",
  about: "also write the verdicts there as SARIF 2.1.0, for code scanning",
};

export const verbs: Readonly<Record<string, Verb>> = {
  plan: {
    about: "what `up` would do and what the policy pack says; needs no credentials, cluster or network",
    more: [
      "Changes nothing. A rule that must hold and does not ends it with 3; one that should hold is only told. A change that loses data and that nobody has signed for ends it with 4.",
      "`keelson plan -s prod --against main --markdown review.md` writes what a change does: who newly reaches whom, which objects change, verdicts with remedies, waivers touched, planned time. REF is compiled and planned beside this checkout, by its own code; a file that `keelson graph --json` wrote does as well, for who reaches whom.",
    ],
    ends: [ends.done, ends.badInput, ends.violations, ends.refused, ends.noTools, ends.interrupted],
    flags: {
      stack,
      json: { about: "print {stack, resources, verdicts, unexpanded, against, dryRun} and nothing else" },
      strict: { about: "fail on rules that cannot be decided yet" },
      report: { value: "FILE", about: "also write one self-contained page: graph, verdicts, rules, waivers" },
      sarif,
      against: { value: "REF", about: "compare with a revision: who reaches whom, and with --markdown all the rest" },
      markdown: {
        value: "FILE",
        about: "also write a review as Markdown, of what the plan says and --against changes",
      },
    },
    load: () => import("./verbs/plan.js"),
  },
  up: {
    about: "the stack in embedded mode: real engine, real Kubernetes API, a stand-in for the cloud",
    more: [
      "Refuses with 4, before anything is changed, what would lose data unless data-loss-waivers.json allows it.",
      "Needs no cloud account and touches none. Stopped at any moment, the same command goes on from there.",
      "KEELSON_PORT moves the control plane's ports, KEELSON_CACHE the folder of the tools it builds.",
    ],
    ends: [ends.done, ends.badInput, ends.violations, ends.refused, ends.noTools, ends.interrupted, ends.locked],
    flags: { stack },
    load: () => import("./verbs/up.js"),
  },
  down: {
    about: "remove what `up` made: the stack, its control plane, its local state",
    more: ["Refuses with 4, before anything is deleted, while the settings protect a store, and names each."],
    ends: [ends.done, ends.badInput, ends.refused, ends.noTools, ends.interrupted, ends.locked],
    flags: { stack },
    load: () => import("./verbs/down.js"),
  },
  render: {
    about: "every Kubernetes object as YAML, byte-stable, without cloud outputs",
    more: ["The folder is made when it is missing; one with other things in it is refused."],
    ends: [ends.done, ends.badInput],
    flags: { stack, out: { value: "DIR", about: "the folder to write into", needed: true } },
    load: () => import("./verbs/render.js"),
  },
  graph: {
    about: "the typed graph: a summary, or as JSON, SVG, Mermaid",
    more: [
      "`keelson graph --against main` compiles the main branch beside this checkout and prints who reaches more or less",
      "than there. A file that `keelson graph --json` wrote does as well, and takes no time.",
    ],
    ends: [ends.done, ends.badInput],
    oneOf: ["json", "svg", "mermaid"],
    flags: {
      stack,
      json: { about: "print {stack, nodes, edges}" },
      svg: { about: "a picture" },
      mermaid: { about: "a diagram for Markdown" },
      against: {
        value: "REF",
        about: "the difference, in terms of security, to a revision, or to a file with a graph",
      },
    },
    load: () => import("./verbs/graph.js"),
  },
  why: {
    about: "why A can or cannot reach B",
    more: ["A and B are names of the graph, such as `order` or `store/orders`; `keelson graph` shows them."],
    ends: [ends.done, ends.badInput],
    words: ["A", "B"],
    flags: { stack, json: { about: "print the explanation as data" } },
    load: () => import("./verbs/why.js"),
  },
  check: {
    about: "the pack's rules on any Kubernetes manifests: YAML or JSON, lists, folders, stdin as `-`",
    more: [
      "`helm template … | keelson check -` judges what a chart would install. Files are read as kubectl reads them, and judged as production is. A waiver of policies/waivers.json that is for one of the objects holds, and is shown.",
      "Ends as linters do: with 1 when a rule that must hold does not, with 2 and a line per file that cannot be used.",
    ],
    ends: [ends.done, ends.badInput, ends.noTools, ends.interrupted],
    words: ["FILE"],
    many: true,
    insteadOfWords: "state",
    oneOf: ["state", "level"],
    flags: {
      state: { about: "instead of files, what `up` made of a stack: values that a plan did not know are known there" },
      stack,
      level: { value: "LEVEL", about: "only the rules of one Pod Security level: `baseline` or `restricted`" },
      json: { about: "print {objects, stack, summary} and nothing else" },
      sarif,
    },
    load: () => import("./verbs/check.js"),
  },
  drill: {
    about: "lose the primary region, recreate it in another from the same program and the backups, prove it, report",
    more: [
      "On this machine, with two control planes, real Velero and PostgreSQL, and a stand-in for the cloud: about three minutes.",
      "Stopped at any moment, the same command goes on from there. Every line says whether it was real, modelled or not run.",
      "The reports, also of earlier drills, lie in .keelson/drill-reports/STACK.",
    ],
    ends: [ends.done, ends.badInput, ends.refused, ends.noTools, ends.interrupted, ends.locked],
    oneOf: ["assess", "anew", "clear"],
    flags: {
      stack,
      json: { about: "print {stack, outcome, rto, rpo, steps, blockers} in seconds, and nothing else" },
      assess: { about: "only find out whether it would work" },
      until: { value: "STEP", about: "stop after this step; the same command without it goes on" },
      anew: { about: "forget a drill that is under way, and begin another" },
      keep: { about: "leave both regions running after a recovery" },
      "fail-back": { about: "afterwards go back to the region that was lost; also later, after --keep" },
      clear: { about: "end what a drill left running, and remove it; the reports stay" },
      real: { about: "rehearse it with the real stack, into a throw-away one: refused without --confirm and --access" },
      confirm: { value: "WORDS", about: "the words that say what is at stake" },
      access: { value: "FILE", about: "how to reach both clusters and the throw-away stack's state" },
    },
    load: () => import("./verbs/drill.js"),
  },
  doctor: {
    about: "what is here, what is missing, and the one command that mends it",
    more: ["Looks and changes nothing. What is only missing is no fault; what is broken ends it with 5."],
    ends: [ends.done, ends.badInput, ends.noTools],
    flags: {},
    load: () => import("./verbs/doctor.js"),
  },
};
