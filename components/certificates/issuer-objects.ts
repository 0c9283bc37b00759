/**
 * Who issues certificates inside the cluster: an authority of the stack's own, whose key never leaves cert-manager's
 * namespace. Servers and those who call them get certificates from it, each in its own namespace, with the authority's
 * certificate beside it: so everybody can check everybody, and no file is copied from one namespace to another.
 */
import { type Certificate, type ClusterIssuer } from "../kubernetes/custom";
import { type Manifest } from "../../graph/manifest";
import { type Facts, usesCertificates } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";

const API = "cert-manager.io/v1";
const namespace = NAMESPACES.certificates;

/** Issues to everybody inside. */
export const INTERNAL_ISSUER = "internal";
const AUTHORITY = "internal-authority";
const SELF_SIGNED = "self-signed";

/** The authority and its issuer; nothing where nobody needs a certificate. */
export const issuerObjects = (facts: Facts): readonly Manifest[] =>
  usesCertificates(facts) ? [issuer(SELF_SIGNED, { selfSigned: {} }), authority, internalIssuer] : [];

const issuer = (name: string, spec: ClusterIssuer["spec"]): ClusterIssuer => ({
  apiVersion: API,
  kind: "ClusterIssuer",
  metadata: { name },
  spec,
});

const authority: Certificate = {
  apiVersion: API,
  kind: "Certificate",
  metadata: { name: AUTHORITY, namespace },
  spec: {
    isCA: true,
    commonName: "keelson internal",
    secretName: AUTHORITY,
    duration: "43800h",
    renewBefore: "8760h",
    privateKey: { algorithm: "ECDSA", size: 256 },
    issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: SELF_SIGNED },
  },
};

const internalIssuer = issuer(INTERNAL_ISSUER, { ca: { secretName: AUTHORITY } });

export interface Wanted {
  /** Name of the certificate. */
  readonly name: string;
  readonly namespace: string;
  /** Secret that holds `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  /** @default - for servers that are clients of each other as well */
  readonly usages?: readonly ("server auth" | "client auth")[];
}

/** A certificate from the internal authority, renewed a month before it ends. */
export const internalCertificate = ({ name, namespace, secretName, dnsNames, usages }: Wanted): Certificate => ({
  apiVersion: API,
  kind: "Certificate",
  metadata: { name, namespace },
  spec: {
    secretName,
    dnsNames,
    duration: "2160h",
    renewBefore: "720h",
    usages: ["digital signature", ...(usages ?? ["server auth", "client auth"])],
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: INTERNAL_ISSUER },
  },
});
