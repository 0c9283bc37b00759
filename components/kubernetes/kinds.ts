/**
 * Which resource class registers which kind. Kinds of Kubernetes have their own class, so that the engine and policies see
 * their true type; everything else is a custom resource. Imported by group and version: the whole SDK would cost start time.
 */
import * as admission from "@pulumi/kubernetes/admissionregistration/v1";
import * as apps from "@pulumi/kubernetes/apps/v1";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as storage from "@pulumi/kubernetes/storage/v1";
import type * as pulumi from "@pulumi/pulumi";
import { type Manifest, objectId } from "../../graph/manifest";
import { createDeployment } from "../workload/kubernetesx";

/** Registers one object under a logical name. */
export type Create = (name: string, manifest: Manifest, options: pulumi.CustomResourceOptions) => pulumi.CustomResource;

type ResourceClass<A> = new (name: string, args?: A, options?: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const of =
  <A>(kind: ResourceClass<A>): Create =>
  (name, manifest, options) => {
    if (!holds<A>(manifest)) throw new Error(`${objectId(manifest)} holds nothing`);
    return new kind(name, manifest, options);
  };

/** Manifests are plain data: whether one holds what its kind demands is the API server's to say, in a dry run and in tests. */
const holds = <A>(manifest: Manifest): manifest is Manifest & A => Object.keys(manifest).length > 2;

const CREATE: Readonly<Record<string, Create>> = {
  "v1/ConfigMap": of(core.ConfigMap),
  "v1/Namespace": of(core.Namespace),
  "v1/Secret": of(core.Secret),
  "v1/Service": of(core.Service),
  "v1/ServiceAccount": of(core.ServiceAccount),
  "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy": of(admission.ValidatingAdmissionPolicy),
  "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding": of(admission.ValidatingAdmissionPolicyBinding),
  "apps/v1/DaemonSet": of(apps.DaemonSet),
  "apps/v1/Deployment": createDeployment,
  "apps/v1/StatefulSet": of(apps.StatefulSet),
  "autoscaling/v2/HorizontalPodAutoscaler": of(autoscaling.HorizontalPodAutoscaler),
  "batch/v1/CronJob": of(batch.CronJob),
  "batch/v1/Job": of(batch.Job),
  "networking.k8s.io/v1/NetworkPolicy": of(networking.NetworkPolicy),
  "policy/v1/PodDisruptionBudget": of(policy.PodDisruptionBudget),
  "rbac.authorization.k8s.io/v1/ClusterRole": of(rbac.ClusterRole),
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": of(rbac.ClusterRoleBinding),
  "rbac.authorization.k8s.io/v1/Role": of(rbac.Role),
  "rbac.authorization.k8s.io/v1/RoleBinding": of(rbac.RoleBinding),
  "storage.k8s.io/v1/StorageClass": of(storage.StorageClass),
};

/** What the API server refuses, and where. */
export const ADMISSION_KINDS = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"] as const;

const createCustom: Create = (name, manifest, options) => new CustomResource(name, { ...manifest }, options);

/** A group without a dot is Kubernetes' own: a kind missing in the table would lose its type. */
export function creatorOf({ apiVersion, kind }: Manifest): Create {
  const known = CREATE[`${apiVersion}/${kind}`];
  if (known !== undefined) return known;
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  if (group.includes(".") && !group.endsWith(".k8s.io")) return createCustom;
  if (CUSTOM_GROUPS.has(group)) return createCustom;
  throw new Error(`no resource class for ${apiVersion} ${kind}: add it to components/kubernetes/kinds.ts`);
}

/** Groups of definitions that end like Kubernetes' own. */
const CUSTOM_GROUPS = new Set(["gateway.networking.k8s.io"]);
