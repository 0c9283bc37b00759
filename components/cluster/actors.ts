/** Parts of any cluster that other parts name, and how pods are named as a place. */
import { type Place } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";

/** The interfaces of the cloud the cluster is on. */
export const CLOUD_API = "cloud-api";

export const pods = (namespace: string, labels: Labels): Place => ({ at: "pods", namespace, labels });
