/** Names for resources whose program gives none, as the bridged providers make them: `order-1a2b3c4`, from the engine's seed. */
import { createHash } from "node:crypto";
import { MARKS, unmarked } from "./outputs";
import type { CheckRequest } from "./provider";
import type { NameRule } from "./types";
import { isProperties, type Properties, type Value } from "./values";

/** Inputs with their name filled in and marked as ours; an earlier generated name is kept. */
export function named(request: CheckRequest, rule: NameRule | undefined, left?: Value): Properties {
  const news = unmarked(request.news);
  if (rule === undefined || news[rule.property] !== undefined || news[rule.prefix ?? ""] !== undefined)
    return marked(news);
  const kept = generatedNames(request.olds).includes(rule.property) ? request.olds[rule.property] : undefined;
  return marked({ ...news, [rule.property]: kept ?? left ?? generate(request, rule) }, [rule.property]);
}

const marked = (inputs: Properties, names: readonly string[] = []): Properties => ({ ...inputs, [MARKS]: names });

/** Names this stand-in made up: a repeated creation may carry another one. */
export function generatedNames(inputs: Properties): readonly string[] {
  const names = inputs[MARKS];
  return Array.isArray(names) && !isProperties(names) ? names.map(String) : [];
}

function generate({ name, seed }: CheckRequest, { max = 63, lower = false, lead = "", glue = "-" }: NameRule): string {
  const suffix = createHash("sha256").update(seed).update(name).digest("hex").slice(0, 7);
  const cut = `${lead}${name.slice(0, max - lead.length - suffix.length - glue.length)}${glue}${suffix}`;
  return lower ? cut.toLowerCase() : cut;
}
