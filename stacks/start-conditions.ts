/**
 * What an object waits for beside its own set: pods for nodes, names, the Secrets they read and what guards admission; the
 * Gateway for its certificate. What Argo CD applies waits with the root application.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type SecretSet } from "../components/data/secret-set";
import { type ObjectSet } from "../components/kubernetes/object-set";
import { NAMESPACES } from "../components/kubernetes/namespaces";
import { podSpecOf } from "../components/kubernetes/order";
import { type Manifest } from "../graph/manifest";
import { type AddOns, type Platform } from "./platform";

export interface Ground {
  readonly platform: Platform;
  readonly addons: AddOns;
  readonly secrets: SecretSet;
  readonly foundation: ObjectSet;
}

type After = (manifest: Manifest) => readonly pulumi.Resource[];

export const startConditions =
  (ground: Ground): After =>
  (manifest) => {
    if (manifest.kind === "Application") return ground.foundation.admission;
    if (manifest.kind === "Gateway") return ground.platform.entrance;
    if (manifest.kind === "BackupStorageLocation") return ground.platform.vault.ready;
    if (manifest.kind === "Cluster")
      return [
        ...ground.addons.ready,
        ...mentioned(manifest, ground.secrets),
        ...(ground.platform.archives.get(manifest.metadata.name) ?? []),
      ];
    if (MADE_BY_OPERATORS.includes(manifest.kind))
      return [...ground.addons.ready, ...mentioned(manifest, ground.secrets)];
    return podSpecOf(manifest) === undefined ? [] : podConditions(manifest, ground);
  };

/** Kinds from which an operator makes pods with volumes, or reads a Secret at once. */
const MADE_BY_OPERATORS: readonly string[] = [
  "RabbitmqCluster",
  "User",
  "KongConsumer",
  "KongClusterPlugin",
  "AlertmanagerConfig",
];

const podConditions = (
  manifest: Manifest,
  { platform, addons, secrets, foundation }: Ground,
): readonly pulumi.Resource[] => [
  ...addons.ready,
  ...foundation.admission,
  ...mentioned(manifest, secrets),
  ...(manifest.metadata.namespace === NAMESPACES.logs ? platform.logs : []),
  ...[...platform.stores.managed.values()].filter(({ name }) => names(manifest, name)).flatMap(({ ready }) => ready),
];

/** Secrets of its own namespace that the object names anywhere. */
const mentioned = (manifest: Manifest, { byName }: SecretSet): readonly pulumi.Resource[] =>
  [...byName].flatMap(([name, secret]) => {
    const [namespace, secretName = ""] = name.split("/");
    return namespace === manifest.metadata.namespace && names(manifest, secretName) ? [secret] : [];
  });

const names = (manifest: Manifest, text: string): boolean => JSON.stringify(manifest).includes(`"${text}"`);
