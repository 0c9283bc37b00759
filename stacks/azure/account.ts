/** The connection to the one subscription a stack may touch. */
import { Provider } from "@pulumi/azure-native/provider";
import { type AzureSettings } from "../schema";

/**
 * Whoever is signed in: calls go to this subscription of this directory and no other, so a sign-in without rights in it
 * fails before anything is created. There are no tags by default: components give each resource its own.
 */
export const connect = ({ cloud }: AzureSettings): Provider =>
  new Provider("account", { subscriptionId: cloud.subscription, tenantId: cloud.tenant, location: cloud.region });
