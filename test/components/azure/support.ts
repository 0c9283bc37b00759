/** What Azure computes, for Pulumi's mocks; and registrations by the short name of their type. */
import { type Pretence, type Registered } from "../aws/support";

const KUBECONFIG = {
  clusters: [{ name: "mock", cluster: { server: "https://mock", "certificate-authority-data": "Y2E=" } }],
};

export const AZURE: Pretence = {
  computed: (type, name, inputs) => {
    if (type === "random:index/randomPassword:RandomPassword") return { result: `${name}-secret` };
    const common = { name: nameOf(inputs) ?? name };
    if (type.endsWith(":UserAssignedIdentity"))
      return { ...common, principalId: `${name}-principal`, clientId: `${name}-client` };
    if (type.endsWith("keyvault:Key"))
      return { ...common, keyUri: `https://v/${name}`, keyUriWithVersion: `https://v/${name}/1` };
    if (type.endsWith("keyvault:Vault")) return { ...common, properties: { vaultUri: "https://v/" } };
    if (type.endsWith(":ManagedCluster")) return { ...common, oidcIssuerProfile: { issuerURL: "https://issuer/" } };
    if (type.endsWith(":PublicIPAddress")) return { ...common, ipAddress: "198.51.100.7" };
    if (type.endsWith("dbforpostgresql:Server")) return { ...common, fullyQualifiedDomainName: `${name}.example` };
    if (type.endsWith(":RedisEnterprise")) return { ...common, hostName: `${name}.example` };
    return type.endsWith(":Registry") ? { ...common, loginServer: "mock.azurecr.io" } : common;
  },
  answer: () => ({
    primaryKey: "mock-key",
    kubeconfigs: [{ name: "clusterUser", value: Buffer.from(JSON.stringify(KUBECONFIG)).toString("base64") }],
  }),
};

/** Every type calls the input that names it otherwise. */
const nameOf = (inputs: Record<string, unknown>): unknown =>
  Object.entries(inputs).find(([key]) => /Name$/.test(key) && key !== "resourceGroupName")?.[1] ??
  inputs["resourceGroupName"];

/** `network:VirtualNetwork` finds `azure-native:network:VirtualNetwork`. */
export const ofAzure = (graph: readonly Registered[], type: string): readonly Registered[] =>
  graph.filter((each) => each.type === `azure-native:${type}`);

export function onlyAzure(graph: readonly Registered[], type: string): Registered {
  const [found, ...more] = ofAzure(graph, type);
  if (found === undefined || more.length > 0)
    throw new Error(`${more.length + (found === undefined ? 0 : 1)} registrations of ${type}`);
  return found;
}
