/** The one table that says what a violation does in each stage. Nothing else decides between a warning and a refusal. */
import type { RuleFacts, Severity } from "./rule";

/** `prod` stands for every stage that is not named here: the strictest is the default. */
export type Stage = "dev" | "prod";

/** `mandatory` fails the run; `advisory` is shown. */
export type Enforcement = "mandatory" | "advisory";

export const ENFORCEMENT: Readonly<Record<Stage, Readonly<Record<Severity, Enforcement>>>> = {
  dev: { critical: "mandatory", high: "mandatory", medium: "advisory", low: "advisory" },
  prod: { critical: "mandatory", high: "mandatory", medium: "mandatory", low: "advisory" },
};

export const enforcement = ({ severity }: Pick<RuleFacts, "severity">, stage: Stage): Enforcement =>
  ENFORCEMENT[stage][severity];

/** A stage by its name: whatever is not `dev` is as strict as `prod`. */
export const stageNamed = (name: string | undefined): Stage => (name === "dev" ? "dev" : "prod");

/**
 * The stage of this run: `KEELSON_STAGE`, else the stack's own `keelson:stage`, which the engine hands to an analyzer in
 * `PULUMI_CONFIG`, else the strictest. A host that hands over neither judges every stack as production.
 */
export function stageOf(environment: Readonly<Record<string, string | undefined>>): Stage {
  return stageNamed(environment["KEELSON_STAGE"] ?? configured(environment["PULUMI_CONFIG"]));
}

/** Never lets the text into an error: it is the stack's whole configuration, secrets included. */
function configured(config: string | undefined): string | undefined {
  try {
    const values: unknown = JSON.parse(config ?? "{}");
    return typeof values === "object" && values !== null ? stageIn(values) : undefined;
  } catch {
    return undefined;
  }
}

const stageIn = (values: object): string | undefined => {
  const stage: unknown = Object.getOwnPropertyDescriptor(values, "keelson:stage")?.value;
  return typeof stage === "string" ? stage : undefined;
};
