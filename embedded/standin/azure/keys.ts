/** Key vaults, their keys, and what encrypts disks. A deleted vault can be recovered for a while, and keeps its name as long. */
import { blocks, follows, weak, type Minting, type TypeTable } from "../types";
import { type Value } from "../values";
import { block, list, resource } from "./identifiers";
import * as names from "./names";
import { identityRef, lacks } from "./roles";

const { ENCRYPTION_SET, KEY, KEY_VAULT } = names;

const vaultUri = (name: unknown): string => `https://${String(name)}.vault.azure.net/`;

export const keyTypes: TypeTable = {
  [KEY_VAULT]: resource({
    provider: "Microsoft.KeyVault",
    path: [["vaults", "vaultName"]],
    outputs: ({ inputs }) => ({
      properties: {
        ...block(inputs["properties"]),
        vaultUri: vaultUri(inputs["vaultName"]),
        provisioningState: "Succeeded",
      },
    }),
    nested: ["properties.vaultUri"],
    forceNew: ["properties.tenantId", "properties.enableSoftDelete"],
    valid: {
      vaultName: /^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
      "properties.sku.name": ["standard", "premium"],
      "properties.softDeleteRetentionInDays": { min: 7, max: 90 },
      "properties.publicNetworkAccess": ["Enabled", "Disabled"],
    },
    unique: [{ in: "world", by: ["vaultName"], lasting: true }],
    refuse: purgeProblem,
    keeps: () => "pending",
  }),
  [KEY]: resource({
    provider: "Microsoft.KeyVault",
    path: [
      ["vaults", "vaultName"],
      ["keys", "keyName"],
    ],
    outputs: (m) => ({ ...uris(m), properties: m.inputs["properties"] ?? {}, kty: "RSA", keySize: 2_048 }),
    // Azure takes no change of a key: what differs is a new version, made by another call.
    forceNew: ["properties.kty", "properties.keySize", "properties.curveName"],
    refs: { vaultName: follows(KEY_VAULT) },
    valid: { "properties.kty": ["EC", "EC-HSM", "RSA", "RSA-HSM"], keyName: /^[A-Za-z0-9-]{1,127}$/ },
    unique: [{ in: "account", by: ["vaultName", "keyName"] }],
    refuse: hardwareProblem,
    keeps: () => "pending",
  }),
  [ENCRYPTION_SET]: resource({
    provider: "Microsoft.Compute",
    path: [["diskEncryptionSets", "diskEncryptionSetName"]],
    outputs: () => ({ lastKeyRotationTimestamp: "", previousKeys: [] }),
    forceNew: ["encryptionType"],
    refs: { "activeKey.sourceVault.id": blocks(KEY_VAULT), "identity.userAssignedIdentities[]": identityRef },
    valid: {
      encryptionType: [
        "EncryptionAtRestWithCustomerKey",
        "EncryptionAtRestWithPlatformAndCustomerKeys",
        "ConfidentialVmEncryptedWithCustomerKey",
      ],
      "activeKey.keyUrl": /^https:\/\//,
    },
    quota: { limit: 5_000, code: "DiskEncryptionSetQuotaExceeded" },
    refuse: (m) => wrapProblem(m, block(block(m.inputs["activeKey"])["sourceVault"])["id"], m.inputs["identity"]),
  }),
};

function uris(m: Minting) {
  const uri = `${vaultUri(m.inputs["vaultName"])}keys/${String(m.inputs["keyName"])}`;
  return { keyUri: uri, keyUriWithVersion: `${uri}/${m.hex(32, "version")}` };
}

/** Once on, protection from purging cannot be turned off. */
function purgeProblem({ inputs, id, find }: Minting): string | undefined {
  const was = block(find(KEY_VAULT, id)?.properties["properties"])["enablePurgeProtection"];
  return was === true && block(inputs["properties"])["enablePurgeProtection"] !== true
    ? `BadRequest: the property "enablePurgeProtection" of ${String(inputs["vaultName"])} cannot be set to false`
    : undefined;
}

/** Keys in hardware need the dearer kind of vault. */
function hardwareProblem({ inputs, find }: Minting): string | undefined {
  const vault = block(find(KEY_VAULT, inputs["vaultName"])?.properties["properties"]);
  const [kty, sku] = [String(block(inputs["properties"])["kty"]), block(vault["sku"])["name"]];
  return kty.endsWith("-HSM") && sku !== "premium"
    ? `KeyTypeNotSupported: ${kty} needs a premium vault, ${String(inputs["vaultName"])} is ${String(sku)}`
    : undefined;
}

/** What encrypts with a key must hold a role on its vault, and the vault must not be purgeable. */
export function wrapProblem(m: Minting, vaultId: Value | undefined, identity: Value | undefined): string | undefined {
  const vault = m.find(KEY_VAULT, vaultId);
  if (block(vault?.properties["properties"])["enablePurgeProtection"] !== true)
    return `KeyVaultPropertiesInvalid: ${vault?.id ?? String(vaultId)} must be protected from purging`;
  const [holder] = list(block(identity)["userAssignedIdentities"]);
  return lacks(m, { identity: holder, role: "wrap", on: vault?.id ?? "" });
}

export const keyVaultRef = weak(KEY_VAULT);
