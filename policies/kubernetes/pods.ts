/** Where the pods are: every built-in kind that makes pods, and Argo's Rollout, with all kinds of containers. */
import { group, type PolicyObject } from "../object";
import type { Field } from "../value";

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

export const makesPods = (object: PolicyObject): boolean => pathOf(object) !== undefined;

/** The pod or pod template: `metadata` and `spec`. */
export const podOf = (object: PolicyObject): Field => object.props.at(...(pathOf(object) ?? []));

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
