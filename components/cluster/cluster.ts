/**
 * What the rest of the platform knows of a cluster, on any cloud: how to reach it, and how a workload in it gets a cloud
 * identity. Nothing above this contract asks which cloud it is on.
 */
import type * as kubernetes from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";

/** A service account, named where it will live. */
export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

export interface Cluster {
  readonly name: string;
  /** Minor version of Kubernetes, such as `1.36`. */
  readonly version: string;
  readonly provider: kubernetes.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  /** Range of the cluster addresses of Services. */
  readonly serviceRange: Cidr;
  /** Where the Kubernetes API answers from, and where its webhook calls come from. */
  readonly apiRanges: readonly Cidr[];
  /** What must exist before a pod can run: nodes, and the add-ons every pod needs. */
  readonly ready: readonly pulumi.Resource[];
}

/** A cluster that hands out cloud identities. `P` is a permission as its cloud writes them, so no cloud gets another's. */
export interface Identities<P> {
  /**
   * Gives a service account exactly these permissions. Whatever runs under it must wait for the result: a pod that
   * starts before its identity exists never gets credentials.
   */
  identity(role: string, account: ServiceAccountRef, permissions: readonly P[]): Identity;
}

/** A cloud identity bound to one service account. */
export interface Identity {
  readonly account: ServiceAccountRef;
  /** What its service account and its pods must carry to be recognised. Nothing, where the cloud knows them by name. */
  readonly marks: IdentityMarks;
  /** Depend on all of it before the first pod starts. */
  readonly ready: readonly pulumi.Resource[];
}

export interface IdentityMarks {
  /** Annotations of the service account. May hold outputs: such an account is a chart's, never a rendered object. */
  readonly account: Readonly<Record<string, pulumi.Input<string>>>;
  /** Labels of its pods. */
  readonly pods: Readonly<Record<string, string>>;
}

export const UNMARKED: IdentityMarks = { account: {}, pods: {} };
