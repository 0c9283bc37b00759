/**
 * Owns the table of custom resource definitions: which operators' Go modules hold real ones, and for which kinds none can
 * be had. Data only.
 */

import type { Manifest } from "../../graph/manifest";

export const CRD_SETS = [
  "gateway-api",
  "cert-manager",
  "cloudnative-pg",
  "argo-cd",
  "argo-rollouts",
  "prometheus-operator",
  "velero",
  "keda",
  "rabbitmq",
  "rabbitmq-topology",
  "grafana",
  "kong",
  "istio",
  "aws-load-balancer-controller",
  "barman-cloud",
  "cilium",
] as const;

export type CrdSet = (typeof CRD_SETS)[number];

/** Definitions as an operator publishes them, in its Go module. */
export interface CrdModule {
  readonly module: string;
  readonly version: string;
  /** Files or folders inside the module; a folder is read to its bottom. */
  readonly paths: readonly string[];
}

/** Kinds whose definitions are not published in any Go module. */
export interface StandInKinds {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly StandInKind[];
  /** Why there is nothing real. */
  readonly because: string;
}

export interface StandInKind {
  readonly kind: string;
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
}

export interface CrdSource {
  readonly real?: CrdModule;
  readonly standIn?: StandInKinds;
  /** Systems whose objects need it. */
  readonly systems: readonly string[];
  /** Clouds on which they do. @default - every cloud */
  readonly clouds?: readonly string[];
}

const EVERY = ["shop", "payments", "market", "orders", "commerce"] as const;

const real = (systems: readonly string[], module: string, version: string, ...paths: string[]): CrdSource => ({
  systems,
  real: { module, version, paths },
});

const CILIUM_DEFINITIONS = "pkg/k8s/apis/cilium.io/client/crds/v2";

export const CRD_SOURCES: Readonly<Record<CrdSet, CrdSource>> = {
  "gateway-api": real(EVERY, "sigs.k8s.io/gateway-api", "v1.5.0", "config/crd/standard"),
  "cert-manager": real(EVERY, "github.com/cert-manager/cert-manager", "v1.19.0", "deploy/crds"),
  "cloudnative-pg": real(EVERY, "github.com/cloudnative-pg/cloudnative-pg", "v1.30.0", "config/crd/bases"),
  "argo-cd": real(EVERY, "github.com/argoproj/argo-cd/v3", "v3.4.4", "manifests/crds"),
  "argo-rollouts": real(EVERY, "github.com/argoproj/argo-rollouts", "v1.9.0", "manifests/crds"),
  "prometheus-operator": real(
    EVERY,
    "github.com/prometheus-operator/prometheus-operator",
    "v0.85.0",
    "example/prometheus-operator-crd",
  ),
  velero: real(EVERY, "github.com/vmware-tanzu/velero", "v1.18.3", "config/crd/v1/bases", "config/crd/v2alpha1/bases"),
  keda: real(["market", "orders"], "github.com/kedacore/keda/v2", "v2.17.0", "config/crd/bases"),
  rabbitmq: real(["payments"], "github.com/rabbitmq/cluster-operator/v2", "v2.16.0", "config/crd/bases"),
  "rabbitmq-topology": real(
    ["payments"],
    "github.com/rabbitmq/messaging-topology-operator",
    "v1.16.0",
    "config/crd/bases",
  ),
  grafana: real(
    ["payments", "market", "orders"],
    "github.com/grafana/grafana-operator/v5",
    "v5.18.0",
    "config/crd/bases",
  ),
  kong: real(
    ["shop", "payments", "orders"],
    "github.com/kong/kubernetes-configuration",
    "v1.4.0",
    "config/crd/ingress-controller",
  ),
  istio: real(
    ["market", "orders", "commerce"],
    "istio.io/api",
    "v1.28.0",
    "kubernetes/customresourcedefinitions.gen.yaml",
  ),
  "aws-load-balancer-controller": {
    systems: EVERY,
    clouds: ["aws"],
    standIn: {
      group: "gateway.k8s.aws",
      version: "v1beta1",
      because: "releases of AWS Load Balancer Controller from version 2 on are not published as a Go module",
      kinds: [
        { kind: "LoadBalancerConfiguration", plural: "loadbalancerconfigurations", scope: "Namespaced" },
        { kind: "TargetGroupConfiguration", plural: "targetgroupconfigurations", scope: "Namespaced" },
        { kind: "ListenerRuleConfiguration", plural: "listenerruleconfigurations", scope: "Namespaced" },
      ],
    },
  },
  "barman-cloud": real(EVERY, "github.com/cloudnative-pg/plugin-barman-cloud", "v0.13.0", "config/crd/bases"),
  cilium: {
    ...real(EVERY, "github.com/cilium/cilium", "v1.18.4", `${CILIUM_DEFINITIONS}/ciliumnetworkpolicies.yaml`),
    clouds: ["azure"],
  },
};

/** The sets that the objects of a system need on a cloud. */
export const crdSetsOf = (system: string, cloud: string): readonly CrdSet[] =>
  CRD_SETS.filter((set) => {
    const { systems, clouds } = CRD_SOURCES[set];
    return systems.includes(system) && (clouds === undefined || clouds.includes(cloud));
  });

/** Why a set has no definitions to check fields by. */
export const becauseOf = (set: CrdSet): string => CRD_SOURCES[set].standIn?.because ?? "";

/** Marks a definition that takes any fields: an accepted object proves nothing about its schema. */
export const STAND_IN_MARK = { "keelson.dev/schema": "stand-in" } as const;

/** A definition that accepts whatever a kind's spec and status hold. */
export const standInDefinition = ({ group, version, because }: StandInKinds, kind: StandInKind): Manifest => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${kind.plural}.${group}`,
    labels: STAND_IN_MARK,
    annotations: { "keelson.dev/because": because },
  },
  spec: {
    group,
    scope: kind.scope,
    names: { kind: kind.kind, listKind: `${kind.kind}List`, plural: kind.plural, singular: kind.kind.toLowerCase() },
    versions: [standInVersion(version)],
  },
});

const standInVersion = (name: string) => ({
  name,
  served: true,
  storage: true,
  subresources: { status: {} },
  schema: {
    openAPIV3Schema: {
      type: "object",
      properties: {
        spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      },
    },
  },
});
