/**
 * The one use of `@pulumi/kubernetesx`, which is archived upstream: its Deployment is Kubernetes' own with a shorter pod
 * spec. It adds an empty `initContainers`, which the API server drops again. To leave it, return `new apps.Deployment(...)` here; the type in the state is the same, so nothing is replaced.
 * It loads the whole of `@pulumi/kubernetes`, so it is loaded only where Pulumi itself makes a Deployment.
 */
import { createRequire } from "node:module";
import type * as kx from "@pulumi/kubernetesx";
import type * as pulumi from "@pulumi/pulumi";
import { type Manifest } from "../../graph/manifest";

const load = createRequire(__filename);

const library = (): typeof kx => load("@pulumi/kubernetesx");

type Arguments = ConstructorParameters<typeof kx.Deployment>[1];

export const createDeployment = (
  name: string,
  manifest: Manifest,
  options: pulumi.CustomResourceOptions,
): pulumi.CustomResource => new (library().Deployment)(name, deploymentOf(manifest), options);

/** A manifest whose spec has pods has all that a Deployment's arguments demand. */
function deploymentOf(manifest: Manifest): Arguments {
  if (!hasPods(manifest)) throw new Error(`${manifest.metadata.name} is no Deployment: it has no pod template`);
  return manifest;
}

const hasPods = (manifest: Manifest): manifest is Manifest & Arguments => {
  const spec = manifest["spec"];
  return typeof spec === "object" && spec !== null && "template" in spec;
};
