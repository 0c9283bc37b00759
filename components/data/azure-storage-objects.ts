/**
 * The class that volumes are made from on Azure: over zones, encrypted with a key of ours. Names the encryption set by an
 * id that only a subscription's stack has, so it is Pulumi's whoever delivers the rest, and is never rendered.
 */
import { type Manifest } from "../../graph/manifest";

export const azureStorageClass = (encryptionSet: unknown): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "premium-encrypted", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "disk.csi.azure.com",
  parameters: { skuName: "Premium_LRS", diskEncryptionSetID: encryptionSet },
  allowVolumeExpansion: true,
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
});
