/**
 * How a pod on AKS says that it acts by a managed identity, and as which one. The webhook of workload identity reads them.
 * @see https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
 */

/** Label of pods that get a token. */
export const USES_IDENTITY = { "azure.workload.identity/use": "true" } as const;

/** Annotation of their service account: the identity's client id. */
export const CLIENT_ID = "azure.workload.identity/client-id";

/** Variable that the webhook makes from the annotation. One that is there already stays as it is. */
export const CLIENT_ID_VARIABLE = "AZURE_CLIENT_ID";
