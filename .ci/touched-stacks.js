#!/usr/bin/env node
// Names the stacks that a change touches, one a line: `node .ci/touched-stacks.js REF`. Used by the preview of pull requests.
"use strict";
const { execFileSync } = require("node:child_process");
const { readdirSync, readFileSync } = require("node:fs");

/** What no stack is made of. */
const ASIDE = /\.md$|^(docs|test|\.github|\.ci)\/|^(LICENSE|\.gitignore|\.prettier.*|eslint\.config\.mjs|Makefile)$/;

/**
 * A stack is touched by its own settings, by its system's services and page, and by all code that every stack shares.
 * @param files paths that changed
 * @param stacks `{name, system}` of every stack
 */
function touched(files, stacks) {
  const real = files.filter((file) => !ASIDE.test(file));
  const touches = (file, { name, system }) => {
    const settings = /^Pulumi\.(.+)\.yaml$/.exec(file);
    if (settings !== null) return settings[1] === name;
    const own = /^(?:services|stacks)\/([^/.]+)(?:\/|\.ts$)/.exec(file);
    const systems = new Set(stacks.map((stack) => stack.system));
    return own !== null && systems.has(own[1]) ? own[1] === system : true;
  };
  return stacks.filter((stack) => real.some((file) => touches(file, stack))).map(({ name }) => name);
}

function stacksHere() {
  const names = readdirSync(".").flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? []);
  const systemOf = (name) =>
    /^\s*keelson:system:\s*["']?([\w-]+)/m.exec(readFileSync(`Pulumi.${name}.yaml`, "utf8"))?.[1] ?? "";
  return names.sort().map((name) => ({ name, system: systemOf(name) }));
}

module.exports = { touched };

if (require.main === module) {
  const [ref = "HEAD^"] = process.argv.slice(2);
  const command = ["diff", "--name-only", "--no-renames", "-z", "--end-of-options", ref, "HEAD"];
  const files = execFileSync("git", command, { encoding: "utf8" }).split("\0");
  for (const name of touched(files.filter(Boolean), stacksHere())) console.log(name);
}
