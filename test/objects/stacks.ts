/** The stacks of the repository, and variations of their settings, compiled once for all tests of objects. */
import { join } from "node:path";
import type { Owned } from "../../components/delivery/owned";
import type { Manifest } from "../../graph/manifest";
import type { Graph } from "../../graph/model";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import type { AwsSettings } from "../../stacks/schema";
import { readStackFile } from "../../stacks/stack-file";

export interface Compiled {
  readonly name: string;
  readonly settings: AwsSettings;
  readonly graph: Graph;
  readonly objects: readonly Owned[];
}

const ROOT = join(__dirname, "../../..");

export const compiled = (name: string, change: (settings: AwsSettings) => AwsSettings = (same) => same): Compiled => {
  const read = readStackFile(ROOT, name);
  if (read.provider !== "aws") throw new Error(`${name} is not on AWS`);
  const settings = change(read);
  const graph = compileStack(settings);
  return { name, settings, graph, objects: stackObjects(graph, settings) };
};

export const DEV = compiled("dev");
export const PROD = compiled("prod");

export const PAYMENTS_DEV = compiled("payments-dev");
export const PAYMENTS_PROD = compiled("payments-prod");

/** The production stack of payments with routes that every edge serves, behind a load balancer of the cloud. */
export const PAYMENTS_ON_ALB = compiled("payments-prod", (settings) => ({
  ...settings,
  edge: { ...settings.edge, kind: "alb", routes: "portable" },
}));

/** The development stack of the shop behind Kong. */
export const SHOP_ON_KONG = compiled("dev", (settings) => ({
  ...settings,
  edge: {
    ...settings.edge,
    kind: "kong",
    certificates: { email: "platform@example.com", server: "https://acme.example.com/directory" },
  },
}));

/** The production stack as Pulumi alone would apply it. */
export const PROD_BY_PULUMI = compiled("prod", (settings) => ({ ...settings, delivery: { by: "pulumi" } }));

export const ofKind = ({ objects }: Compiled, ...kinds: readonly string[]): readonly Manifest[] =>
  objects.map(({ manifest }) => manifest).filter(({ kind }) => kinds.includes(kind));

/** A value at a path of plain data. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
