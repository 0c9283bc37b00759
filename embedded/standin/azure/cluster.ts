/** AKS. The cluster answers with the local control plane's endpoint where one runs, and nothing else knows. */
import { interval, isCidr, overlaps } from "../../../graph/cidr";
import { localPlane } from "../local-plane";
import { blocks, follows, weak, type Minting, type TypeTable } from "../types";
import { type Properties } from "../values";
import { block, groupId, input, list, resource, uuid } from "./identifiers";
import * as names from "./names";
import { keyVaultRef } from "./keys";
import { subnetIn } from "./network";
import { identityRef, lacks } from "./roles";

const { AGENT_POOL, CLUSTER, ENCRYPTION_SET, SUBNET, VIRTUAL_NETWORK, WORKSPACE } = names;
const AKS = "Microsoft.ContainerService";
const VERSION = /^1\.(3[0-9])(\.\d+)?$/;
const subnetRef = blocks(SUBNET, VIRTUAL_NETWORK);

export const clusterTypes: TypeTable = {
  [CLUSTER]: resource({
    provider: AKS,
    path: [["managedClusters", "resourceName"]],
    outputs: clusterOutputs,
    nested: ["oidcIssuerProfile.issuerURL"],
    unstable: ["currentKubernetesVersion", "powerState"],
    forceNew: [
      ..."dnsPrefix fqdnSubdomain nodeResourceGroup diskEncryptionSetID extendedLocation".split(" "),
      ..."networkProfile.podCidr networkProfile.serviceCidr networkProfile.dnsServiceIP".split(" "),
      ..."networkProfile.networkPlugin networkProfile.loadBalancerSku".split(" "),
      "apiServerAccessProfile.enablePrivateCluster",
      "aadProfile.managed",
    ],
    refs: {
      "identity.userAssignedIdentities[]": identityRef,
      "identityProfile.kubeletidentity.resourceId": identityRef,
      "apiServerAccessProfile.subnetId": subnetRef,
      "agentPoolProfiles[].vnetSubnetID": subnetRef,
      "securityProfile.azureKeyVaultKms.keyVaultResourceId": keyVaultRef,
      diskEncryptionSetID: blocks(ENCRYPTION_SET),
      "securityProfile.defender.logAnalyticsWorkspaceResourceId": weak(WORKSPACE),
    },
    valid: {
      resourceName: /^[A-Za-z0-9][\w-]{0,61}[A-Za-z0-9]$/,
      kubernetesVersion: VERSION,
      dnsPrefix: /^[A-Za-z0-9][A-Za-z0-9-]{0,52}[A-Za-z0-9]$/,
      "sku.tier": ["Free", "Standard", "Premium"],
      "networkProfile.podCidr": "cidr",
      "networkProfile.serviceCidr": "cidr",
      "networkProfile.networkDataplane": ["azure", "cilium"],
      "networkProfile.networkPolicy": ["none", "azure", "calico", "cilium"],
      "apiServerAccessProfile.authorizedIPRanges[]": "cidr",
      "autoUpgradeProfile.upgradeChannel": ["none", "patch", "stable", "rapid", "node-image"],
    },
    quota: { limit: 100, code: "ManagedClusterCountExceedsQuotaLimit" },
    refuse: (m) => PROBLEMS.map((problem) => problem(m)).find((found) => found !== undefined),
  }),
  [AGENT_POOL]: resource({
    provider: AKS,
    path: [
      ["managedClusters", "resourceName"],
      ["agentPools", "agentPoolName"],
    ],
    outputs: ({ hex }) => ({ nodeImageVersion: `AKSAzureLinux-V3gen2-2026.${hex(2)}`, currentOrchestratorVersion: "" }),
    unstable: ["nodeImageVersion", "currentOrchestratorVersion"],
    forceNew: [
      ..."vmSize osDiskSizeGB osDiskType vnetSubnetID availabilityZones osSKU maxPods enableEncryptionAtHost".split(
        " ",
      ),
      ..."enableNodePublicIP nodePublicIPPrefixID scaleSetPriority".split(" "),
    ],
    refs: { resourceName: follows(CLUSTER), vnetSubnetID: subnetRef },
    valid: {
      agentPoolName: /^[a-z][a-z0-9]{0,11}$/,
      mode: ["System", "User", "Gateway"],
      "availabilityZones[]": ["1", "2", "3"],
      osDiskSizeGB: { min: 30, max: 2_048 },
      maxPods: { min: 10, max: 250 },
      minCount: { min: 0, max: 1_000 },
      maxCount: { min: 1, max: 1_000 },
    },
    quota: { limit: 100, per: "resourceName", code: "AgentPoolCountExceedsLimit" },
    refuse: sizesProblem,
  }),
  [names.MAINTENANCE]: resource({
    provider: AKS,
    path: [
      ["managedClusters", "resourceName"],
      ["maintenanceConfigurations", "configName"],
    ],
    refs: { resourceName: follows(CLUSTER) },
    valid: { configName: ["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"] },
    refuse: ({ inputs }) =>
      Number(block(inputs["maintenanceWindow"])["durationHours"] ?? 4) < 4
        ? "InvalidParameter: a maintenance window lasts at least four hours"
        : undefined,
  }),
  [names.DIAGNOSTICS]: {
    checks: "checked",
    id: ({ inputs }) => `${String(inputs["resourceUri"])}|${String(inputs["name"])}`,
    name: { property: "name", max: 260 },
    forceNew: ["name", "resourceUri"],
    refs: { resourceUri: follows(CLUSTER), workspaceId: weak(WORKSPACE) },
    outputs: ({ inputs }) => ({ type: "Microsoft.Insights/diagnosticSettings", name: String(inputs["name"]) }),
    unique: [{ in: "account", by: ["resourceUri", "name"] }],
    quota: { limit: 5, per: "resourceUri", code: "DiagnosticSettingLimitReached" },
  },
};

function clusterOutputs(m: Minting): Properties {
  const host = `${input("dnsPrefix")(m)}-${m.hex(8, "host")}`;
  const issuer = `https://${m.region}.oic.prod-aks.azure.com/${uuid(m, "tenant")}/${uuid(m, "issuer")}/`;
  const isPrivate = block(m.inputs["apiServerAccessProfile"])["enablePrivateCluster"] === true;
  return {
    ...{ fqdn: `${host}.hcp.${m.region}.azmk8s.io`, azurePortalFQDN: `${host}.portal.hcp.${m.region}.azmk8s.io` },
    privateFQDN: isPrivate ? `${host}.${m.hex(8, "zone")}.privatelink.${m.region}.azmk8s.io` : "",
    ...{
      currentKubernetesVersion: `${input("kubernetesVersion")(m)}.0`,
      maxAgentPools: 100,
      powerState: { code: "Running" },
    },
    ...{ resourceUID: m.hex(24, "uid"), eTag: uuid(m, "tag") },
    oidcIssuerProfile: { ...block(m.inputs["oidcIssuerProfile"]), issuerURL: issuer },
  };
}

/** What Azure lists for a cluster's users: address and authority, and a sign-in that needs a browser. */
export function kubeconfigs(name: string, { properties }: { readonly properties: Properties }): Properties {
  const plane = localPlane(`https://${String(properties["privateFQDN"] || properties["fqdn"])}:443`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: plane.endpoint, "certificate-authority-data": plane.caData } }],
    contexts: [{ name, context: { cluster: name, user: "clusterUser" } }],
    "current-context": name,
    users: [
      {
        name: "clusterUser",
        user: { exec: { command: "kubelogin", apiVersion: "client.authentication.k8s.io/v1beta1" } },
      },
    ],
  };
  return { kubeconfigs: [{ name: "clusterUser", value: Buffer.from(JSON.stringify(config)).toString("base64") }] };
}

type Check = (m: Minting) => string | undefined;

const only = (wrong: boolean, reason: string): string | undefined => (wrong ? reason : undefined);

const part = ({ inputs }: Minting, name: string): Properties => block(inputs[name]);

/** Azure's add-ons for a mesh and for routing with its gateway are two installations of one control plane. */
const meshAndGateway: Check = (m) =>
  only(
    part(m, "serviceMeshProfile")["mode"] === "Istio" &&
      block(part(m, "ingressProfile")["webAppRouting"])["enabled"] === true,
    "ConflictingAddons: the application routing gateway and the Istio mesh add-on exclude each other",
  );

const localAccounts: Check = (m) =>
  only(
    m.inputs["disableLocalAccounts"] === true && part(m, "aadProfile")["managed"] !== true,
    "BadRequest: local accounts can be disabled only where Entra signs people in (aadProfile.managed)",
  );

const ciliumWithoutPlane: Check = (m) => {
  const { networkPolicy, networkDataplane } = part(m, "networkProfile");
  return only(
    networkPolicy === "cilium" && networkDataplane !== "cilium",
    "InvalidNetworkPolicy: cilium policies need the cilium data plane",
  );
};

const overlapping: Check = (m) => {
  const { podCidr, serviceCidr } = part(m, "networkProfile");
  const network = list(block(m.find(SUBNET, firstSubnet(m))?.properties["addressSpace"])["addressPrefixes"]);
  const ranges = [podCidr, serviceCidr, ...network].map(String).filter(isCidr);
  const met = ranges.find((one, at) => ranges.slice(at + 1).some((other) => overlaps(interval(one), interval(other))));
  return only(met !== undefined, `InvalidCIDR: ${met} overlaps another range of the cluster or its network`);
};

const firstSubnet = (m: Minting) => block(list(m.inputs["agentPoolProfiles"])[0])["vnetSubnetID"];

/** The API server's subnet is delegated to AKS; the nodes' must not be, and leads out where the cluster says so. */
const subnets: Check = (m) => {
  const api = subnetIn(m.find, part(m, "apiServerAccessProfile")["subnetId"]);
  const delegated = list(api["delegations"]).some((one) => block(one)["serviceName"] === `${AKS}/managedClusters`);
  if (part(m, "apiServerAccessProfile")["enableVnetIntegration"] === true && !delegated)
    return `ApiServerSubnetNotDelegated: ${String(api["name"])} must be delegated to ${AKS}/managedClusters`;
  const nodes = subnetIn(m.find, firstSubnet(m));
  return only(
    part(m, "networkProfile")["outboundType"] === "userAssignedNATGateway" && nodes["natGateway"] === undefined,
    `InvalidOutboundType: ${String(nodes["name"])} has no NAT gateway`,
  );
};

const rights: Check = (m) => {
  const [identity] = list(part(m, "identity")["userAssignedIdentities"]);
  const network = m.find(SUBNET, firstSubnet(m))?.id;
  const kubelet = String(block(part(m, "identityProfile")["kubeletidentity"])["resourceId"] ?? "");
  const kms = block(part(m, "securityProfile")["azureKeyVaultKms"]);
  const vault = String(kms["keyVaultResourceId"]);
  const disks = m.inputs["diskEncryptionSetID"];
  const wanted = [
    ...(network === undefined ? [] : [{ identity, role: "network", on: network } as const]),
    ...(kubelet === "" ? [] : [{ identity, role: "identityOperator", on: kubelet } as const]),
    ...(kms["enabled"] === true ? [{ identity, role: "cryptoUser", on: vault } as const] : []),
    ...(disks === undefined ? [] : [{ identity, role: "reader", on: String(disks) } as const]),
    ...(kms["keyVaultNetworkAccess"] === "Private" ? [{ identity, role: "vaultContributor", on: vault } as const] : []),
  ];
  return wanted.map((right) => lacks(m, right)).find((found) => found !== undefined);
};

const systemPool: Check = (m) =>
  only(
    !list(m.inputs["agentPoolProfiles"]).some((pool) => block(pool)["mode"] === "System"),
    `BadRequest: ${groupId(m)} wants a cluster without a system pool`,
  );

const PROBLEMS: readonly Check[] = [
  systemPool,
  meshAndGateway,
  localAccounts,
  ciliumWithoutPlane,
  subnets,
  overlapping,
  rights,
];

function sizesProblem({ inputs }: Minting): string | undefined {
  const { minCount, maxCount, count } = inputs;
  if (inputs["enableAutoScaling"] !== true) return undefined;
  const ordered = Number(minCount) <= Number(count) && Number(count) <= Number(maxCount);
  return only(!ordered, `InvalidParameter: want minCount <= count <= maxCount, got ${minCount}, ${count}, ${maxCount}`);
}
