/**
 * How to reach an AKS cluster: the address and the authority that Azure lists for its users, and a sign-in at each use with
 * the caller's own Azure credentials. Nothing in it is secret, nothing in it expires.
 */
import * as credentials from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials";
import type * as clusters from "@pulumi/azure-native/containerservice/managedCluster";
import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

/** The application that stands for AKS in every directory: tokens are made out to it. */
const SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";

export function kubeconfigOf(
  parent: pulumi.Resource,
  resourceGroupName: pulumi.Input<string>,
  { name }: clusters.ManagedCluster,
  tenant: string,
): pulumi.Output<string> {
  const listed = credentials.listManagedClusterUserCredentialsOutput(
    { resourceGroupName, resourceName: name },
    { parent },
  );
  return listed.apply(({ kubeconfigs }) => withSignIn(kubeconfigs[0]?.value ?? "", tenant));
}

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string>> }[];
}

/** Azure's own user signs in by device code, which no pipeline can; ours by whatever the Azure CLI is signed in with. */
export function withSignIn(base64: string, tenant: string): string {
  const { clusters: found } = parse(Buffer.from(base64, "base64").toString("utf8")) as Kubeconfig;
  const [first] = found;
  if (first === undefined) throw new Error("the cluster's kubeconfig names no cluster");
  const { name, cluster } = first;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: { exec: signIn(tenant) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

const signIn = (tenant: string) => ({
  apiVersion: "client.authentication.k8s.io/v1",
  command: "kubelogin",
  args: ["get-token", "--login", "azurecli", "--server-id", SERVER_ID, "--tenant-id", tenant],
  interactiveMode: "Never",
});
