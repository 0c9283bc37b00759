/** The stacks of the repository, and variations of their settings, compiled once for all tests of objects. */
import { join } from "node:path";
import type { Owned } from "../../components/delivery/owned";
import type { Manifest } from "../../graph/manifest";
import type { Graph } from "../../graph/model";
import { compileStack } from "../../stacks/compile";
import { stackObjects } from "../../stacks/objects";
import type { AwsSettings, AzureSettings, Settings } from "../../stacks/schema";
import { readStackFile } from "../../stacks/stack-file";

export interface Compiled<S extends Settings = Settings> {
  readonly name: string;
  readonly settings: S;
  readonly graph: Graph;
  readonly objects: readonly Owned[];
}

const ROOT = join(__dirname, "../../..");

export function onAws(settings: Settings): AwsSettings {
  if (settings.provider !== "aws") throw new Error(`${settings.stack} is not on AWS`);
  return settings;
}

/** A stack on AWS, with its settings as they stand or changed. */
export function compiled(
  name: string,
  change: (settings: AwsSettings) => AwsSettings = (same) => same,
): Compiled<AwsSettings> {
  return whole(name, change(onAws(readStackFile(ROOT, name))));
}

/** The same of a stack on Azure. */
export function compiledOnAzure(
  name: string,
  change: (settings: AzureSettings) => AzureSettings = (same) => same,
): Compiled<AzureSettings> {
  const read = readStackFile(ROOT, name);
  if (read.provider !== "azure") throw new Error(`${name} is not on Azure`);
  return whole(name, change(read));
}

function whole<S extends Settings>(name: string, settings: S): Compiled<S> {
  const graph = compileStack(settings);
  return { name, settings, graph, objects: stackObjects(graph, settings) };
}

export const DEV = compiled("dev");
export const PROD = compiled("prod");

export const PAYMENTS_DEV = compiledOnAzure("payments-dev");
export const PAYMENTS_PROD = compiledOnAzure("payments-prod");
export const PAYMENTS_EKS_PROD = compiled("payments-eks-prod");

/** The stacks that show the other clouds and edges a system comes up on. */
export const PAYMENTS_EKS = compiled("payments-eks");
export const PAYMENTS_ALB = compiled("payments-alb");
export const SHOP_AKS = compiledOnAzure("shop-aks");

/** Production on EKS with routes that every edge serves, behind a load balancer of the cloud. */
export const PAYMENTS_ON_ALB = compiled("payments-eks-prod", (settings) => ({
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
