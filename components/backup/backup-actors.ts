/** Velero, its node agent and the restore validation: whom they talk to. Data for the graph. */
import { type Actor, KUBERNETES_API } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { NAMESPACES } from "../kubernetes/namespaces";
import { VALIDATION_LABELS } from "./restore-validation-objects";

const namespace = NAMESPACES.backup;

/** Set by our chart values on the pods that Velero makes for single volumes and for its repositories. */
export const VELERO_WORKER: Labels = { "app.kubernetes.io/component": "velero-worker" };

/** @param vault actors through which the place of backups is reached. */
export const backupActors = (vault: readonly string[]): readonly Actor[] => [
  {
    name: "velero",
    place: { at: "pods", namespace, labels: { "app.kubernetes.io/name": "velero", name: "velero" } },
    identity: true,
    reaches: [KUBERNETES_API, ...vault].map((to) => ({ to })),
  },
  {
    name: "velero-node-agent",
    place: { at: "pods", namespace, labels: { name: "node-agent" } },
    identity: true,
    reaches: [KUBERNETES_API, ...vault].map((to) => ({ to })),
  },
  {
    // Volumes are read and written, and repositories tidied, by pods of their own.
    name: "velero-workers",
    place: { at: "pods", namespace, labels: VELERO_WORKER },
    identity: true,
    reaches: [KUBERNETES_API, ...vault].map((to) => ({ to })),
  },
  {
    name: "restore-validation",
    place: { at: "pods", namespace, labels: VALIDATION_LABELS },
    reaches: [{ to: KUBERNETES_API }],
  },
];
