/**
 * Custom resources by the types their projects publish: a misspelt field or a wrong kind of value does not compile. Types
 * only, so nothing of them is loaded when the program runs.
 */
import type { IApplication } from "@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application" with {
  "resolution-mode": "import",
};
import type { IAppProject } from "@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject" with {
  "resolution-mode": "import",
};
import type { IAnalysisTemplate } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate" with {
  "resolution-mode": "import",
};
import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate" with {
  "resolution-mode": "import",
};
import type { IClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer" with {
  "resolution-mode": "import",
};
import type { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster" with {
  "resolution-mode": "import",
};
import type { IPooler } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler" with {
  "resolution-mode": "import",
};
import type { IScheduledBackup } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup" with {
  "resolution-mode": "import",
};
import type { IGateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway" with {
  "resolution-mode": "import",
};
import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute" with {
  "resolution-mode": "import",
};
import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor" with {
  "resolution-mode": "import",
};
import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule" with {
  "resolution-mode": "import",
};
import type { IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor" with {
  "resolution-mode": "import",
};
import type { IAlertmanagerConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig" with {
  "resolution-mode": "import",
};
import { type Manifest } from "../../graph/manifest";

/** The same, for values that nobody changes. */
type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;

/** Metadata is ours, status the controllers'. */
type Custom<T extends object> = Manifest & Plain<Omit<T, "metadata" | "status">>;

export type Gateway = Custom<IGateway>;
export type HttpRoute = Custom<IHTTPRoute>;
export type Certificate = Custom<ICertificate>;
export type ClusterIssuer = Custom<IClusterIssuer>;
export type PostgresCluster = Custom<ICluster>;
export type PostgresPooler = Custom<IPooler>;
export type PostgresBackup = Custom<IScheduledBackup>;
export type ServiceMonitor = Custom<IServiceMonitor>;
export type PodMonitor = Custom<IPodMonitor>;
export type PrometheusRule = Custom<IPrometheusRule>;
export type AlertmanagerConfig = Custom<IAlertmanagerConfig>;
export type AnalysisTemplate = Custom<IAnalysisTemplate>;
export type Application = Custom<IApplication>;
export type AppProject = Custom<IAppProject>;
