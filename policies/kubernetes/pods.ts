/**
 * Where the pods are: every built-in kind that makes pods, Argo's Rollout, and custom resources that have an adapter, with all
 * kinds of containers.
 */
import { group, type PolicyObject } from "../object";
import type { Field } from "../value";
import { adapterOf } from "./adapters/all";

/** Where each kind keeps its pod template, by API group. */
const TEMPLATES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "": { Pod: [], ReplicationController: ["spec", "template"], PodTemplate: ["template"] },
  apps: {
    Deployment: ["spec", "template"],
    StatefulSet: ["spec", "template"],
    DaemonSet: ["spec", "template"],
    ReplicaSet: ["spec", "template"],
  },
  batch: { Job: ["spec", "template"], CronJob: ["spec", "jobTemplate", "spec", "template"] },
  "argoproj.io": { Rollout: ["spec", "template"] },
};

const pathOf = (object: PolicyObject): readonly string[] | undefined =>
  object.apiVersion === "" ? undefined : TEMPLATES[group(object)]?.[object.kind];

/** Whether the object itself carries a whole pod or pod template. */
export const hasTemplate = (object: PolicyObject): boolean => pathOf(object) !== undefined;

export const makesPods = (object: PolicyObject): boolean => hasTemplate(object) || adapterOf(object) !== undefined;

/** The pod or pod template: `metadata` and `spec`. */
export const podOf = (object: PolicyObject): Field => object.props.at(...(pathOf(object) ?? []));

/** Every pod template that comes of an object; those of a custom resource as far as it decides them. */
export const podsOf = (object: PolicyObject): readonly Field[] => adapterOf(object)?.pods(object) ?? [podOf(object)];

export const podSpec = (object: PolicyObject): Field => podOf(object).at("spec");

/** A Rollout may take its template from a Deployment, which is judged by itself. */
export const borrowsTemplate = (object: PolicyObject): boolean =>
  object.kind === "Rollout" && object.props.at("spec", "workloadRef").isSet;

const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** Init, ordinary and ephemeral containers, in this order. */
export const containers = (spec: Field): readonly Field[] => CONTAINER_LISTS.flatMap((list) => spec.at(list).items);

export const isWindows = (spec: Field): boolean => spec.at("os", "name").is("windows");

/** Since 1.35 Pod Security lets a pod in a user namespace of its own run as any user: its root is nobody on the node. */
export const hasOwnUsers = (spec: Field): boolean => spec.at("hostUsers").is(false);
