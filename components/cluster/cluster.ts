/**
 * What the rest of the platform knows of a cluster, on any cloud: how to reach it, and how a workload in it gets a cloud
 * identity. Nothing above this contract asks which cloud it is on.
 */
import type * as kubernetes from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { type Statement } from "../identity/statement";

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
  /**
   * Gives a service account exactly these permissions. Whatever runs under it must wait for the result: a pod that
   * starts before its identity exists never gets credentials.
   */
  identity(role: string, account: ServiceAccountRef, statements: readonly Statement[]): Identity;
}

/** A cloud identity bound to one service account. */
export interface Identity {
  readonly account: ServiceAccountRef;
  /** Depend on all of it before the first pod starts. */
  readonly ready: readonly pulumi.Resource[];
}
