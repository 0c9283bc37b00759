/**
 * The class that volumes are made from: encrypted with a key of ours, in the zone of the pod. Carries the key's ARN, so it
 * is Pulumi's whoever delivers the rest, and is never rendered.
 */
import { type Manifest } from "../../graph/manifest";

export const storageClassObject = (keyArn: unknown): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "ebs.csi.aws.com",
  parameters: { type: "gp3", encrypted: "true", kmsKeyId: keyArn },
  allowVolumeExpansion: true,
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
});
