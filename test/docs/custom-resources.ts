/**
 * `npm run custom-resources`: writes docs/custom-resources.md: every kind of custom resource that any stack has in any place,
 * by which definition a real API server accepts it, and what is observed of it on this machine.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { readinessOf } from "../../embedded/standin/kubernetes/readiness";
import { becauseOf, CRD_SOURCES, type CrdSet } from "../../embedded/toolchain/crd-sources";
import { type Manifest } from "../../graph/manifest";
import { NOT_KNOWN } from "../../policies/value";
import { siteOf } from "../../stacks/sites";
import { ROOT } from "../architecture/sources";
import { COMBINATIONS } from "../parity/combinations";

export const PAGE = join(ROOT, "docs", "custom-resources.md");

/** Whose definitions a group's kinds are. A test against the API server finds a group that is missing here. */
export const SET_OF: Readonly<Record<string, CrdSet>> = {
  "acme.cert-manager.io": "cert-manager",
  "argoproj.io": "argo-cd",
  "barmancloud.cnpg.io": "barman-cloud",
  "cert-manager.io": "cert-manager",
  "cilium.io": "cilium",
  "configuration.konghq.com": "kong",
  "gateway.k8s.aws": "aws-load-balancer-controller",
  "gateway.networking.k8s.io": "gateway-api",
  "monitoring.coreos.com": "prometheus-operator",
  "postgresql.cnpg.io": "cloudnative-pg",
  "rabbitmq.com": "rabbitmq-topology",
  "velero.io": "velero",
};

/** Kinds that share a group with those of another project. */
const SET_OF_KIND: Readonly<Record<string, CrdSet>> = {
  "argoproj.io AnalysisTemplate": "argo-rollouts",
  "argoproj.io Rollout": "argo-rollouts",
  "rabbitmq.com RabbitmqCluster": "rabbitmq",
};

export const groupOf = ({ apiVersion }: Pick<Manifest, "apiVersion">): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";

/** Groups of Kubernetes' own end so, but for that of Gateway API; short names such as `apps` have no dot. */
export const isCustom = (manifest: Manifest): boolean => {
  const group = groupOf(manifest);
  return group.includes(".") && (!group.endsWith(".k8s.io") || group === "gateway.networking.k8s.io");
};

export const setOf = (manifest: Manifest): CrdSet | undefined =>
  SET_OF_KIND[`${groupOf(manifest)} ${manifest.kind}`] ?? SET_OF[groupOf(manifest)];

/** Every custom resource of every stack in every place that it allows. */
export const customResources = (): readonly Manifest[] =>
  COMBINATIONS.flatMap(({ objects, settings }) => [
    ...objects.map(({ manifest }) => manifest),
    ...siteOf(settings).beside(NOT_KNOWN),
  ]).filter(isCustom);

const HEAD = `# Custom resources

Every kind of custom resource that a stack of this repository has, in any place that it allows ([parity.md](parity.md)). A
real API server accepts each with the definition that its project publishes, with strict fields: a misspelt field of any
kind is refused (\`test/cluster/render.test.ts\`). Where no definition can be had as a Go module, the API server takes any
fields, and the reason stands here. \`keelson up\` lists at its end what it could not check and which kinds have no controller
on this machine.

Made by \`npm run custom-resources\` from the objects, \`embedded/toolchain/crd-sources.ts\` and the table of what is observed.
`;

export function page(): string {
  const kinds = new Map(customResources().map((manifest) => [`${groupOf(manifest)} ${manifest.kind}`, manifest]));
  const rows = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, manifest]) => row(manifest));
  return [
    HEAD,
    ["| kind | group | definition | on this machine |", "| --- | --- | --- | --- |", ...rows].join("\n"),
  ].join("\n");
}

function row(manifest: Manifest): string {
  const { readiness, why } = readinessOf(manifest.apiVersion, manifest.kind);
  const set = setOf(manifest);
  const definition = set === undefined ? "none is known" : definitionOf(set);
  return `| \`${manifest.kind}\` | \`${manifest.apiVersion}\` | ${definition} | ${readiness}: ${why} |`;
}

function definitionOf(set: CrdSet): string {
  const { real } = CRD_SOURCES[set];
  return real === undefined ? `none: ${becauseOf(set)}` : `\`${real.module}\` ${real.version}`;
}

/** The page as the repository's own style has it. */
export const formatted = async (): Promise<string> =>
  format(page(), { ...(await resolveConfig(PAGE)), parser: "markdown" });

if (require.main === module) void formatted().then((text) => writeFileSync(PAGE, text));
