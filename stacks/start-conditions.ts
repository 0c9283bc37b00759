/** What an object waits for outside Kubernetes: pods for nodes, names and the Secrets they read; the Gateway for its certificate. */
import type * as pulumi from "@pulumi/pulumi";
import { type PodAddons } from "../components/cluster/eks-addons";
import { type SecretSet } from "../components/data/secret-set";
import { type EdgeCloud } from "../components/edge/edge-cloud";
import { podSpecOf } from "../components/kubernetes/order";
import { type Manifest } from "../graph/manifest";
import { type S3Vault } from "../components/backup/s3-vault";
import { type Archives } from "./aws/archive";
import { type Stores } from "./aws/stores";

export interface Ground {
  readonly secrets: SecretSet;
  readonly stores: Stores;
  readonly addons: PodAddons;
  readonly edge: EdgeCloud;
  readonly vault: S3Vault;
  readonly archives: Archives;
}

type After = (manifest: Manifest) => readonly pulumi.Resource[];

export const startConditions =
  (ground: Ground): After =>
  (manifest) => {
    if (manifest.kind === "Gateway") return ground.edge.ready;
    if (manifest.kind === "BackupStorageLocation") return ground.vault.ready;
    if (manifest.kind === "Cluster")
      return [
        ...ground.addons.ready,
        ...mentioned(manifest, ground.secrets),
        ...(ground.archives.get(manifest.metadata.name) ?? []),
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

const podConditions = (manifest: Manifest, { secrets, stores, addons }: Ground): readonly pulumi.Resource[] => [
  ...addons.ready,
  ...mentioned(manifest, secrets),
  ...[...stores.managed.values()].filter(({ name }) => names(manifest, name)).flatMap(({ ready }) => ready),
];

/** Secrets of its own namespace that the object names anywhere. */
const mentioned = (manifest: Manifest, { byName }: SecretSet): readonly pulumi.Resource[] =>
  [...byName].flatMap(([name, secret]) => {
    const [namespace, secretName = ""] = name.split("/");
    return namespace === manifest.metadata.namespace && names(manifest, secretName) ? [secret] : [];
  });

const names = (manifest: Manifest, text: string): boolean => JSON.stringify(manifest).includes(`"${text}"`);
