/**
 * The shape of a CiliumNetworkPolicy (cilium.io/v2), as far as it is emitted and evaluated: peers that have an identity but
 * no address of their own, and host names.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/language/
 */
import { type Labels, type Manifest } from "../manifest";

/** `host`: the pod's own node; `remote-node`: any other; `kube-apiserver`: wherever it runs. */
export type CiliumEntity = "kube-apiserver" | "host" | "remote-node";

export interface CiliumSelector {
  readonly matchLabels: Labels;
}

/** A name as it stands, or with `*` for any characters but dots. */
export type CiliumName = { readonly matchName: string } | { readonly matchPattern: string };

export interface CiliumPorts {
  readonly ports: readonly { readonly port: string; readonly protocol: "TCP" | "UDP" }[];
  /** Names the proxy lets be asked for, and learns the addresses of. */
  readonly rules?: { readonly dns: readonly CiliumName[] };
}

export interface CiliumIngress {
  readonly fromEntities: readonly CiliumEntity[];
  readonly toPorts: readonly CiliumPorts[];
}

export interface CiliumEgress {
  readonly toEntities?: readonly CiliumEntity[];
  readonly toFQDNs?: readonly CiliumName[];
  readonly toEndpoints?: readonly CiliumSelector[];
  readonly toPorts: readonly CiliumPorts[];
}

export interface CiliumPolicy extends Manifest {
  readonly apiVersion: "cilium.io/v2";
  readonly kind: "CiliumNetworkPolicy";
  readonly metadata: Manifest["metadata"] & { readonly namespace: string };
  readonly spec: {
    readonly endpointSelector: CiliumSelector;
    readonly ingress?: readonly CiliumIngress[];
    readonly egress?: readonly CiliumEgress[];
  };
}

/** The label by which Cilium knows a pod's namespace. */
export const CILIUM_NAMESPACE = "k8s:io.kubernetes.pod.namespace";
