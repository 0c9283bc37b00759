import assert from "node:assert/strict";
import type { Manifest } from "../../graph/manifest";
import { at, DEV, ofKind, PAYMENTS_DEV, PAYMENTS_EKS_PROD, PAYMENTS_PROD, PROD } from "./stacks";

/** A published model: checks an object against the operator's own schema. */
type Model = new (data: never) => { validate(): void };

/** The packages are ES modules, so they are loaded when asked for. */
const models = async (): Promise<Readonly<Record<string, Model>>> => {
  const [gateway, argo, rollouts, postgres, certificates, metrics, alerts] = await Promise.all([
    import("@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1"),
    import("@kubernetes-models/argo-cd/argoproj.io/v1alpha1"),
    import("@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1"),
    import("@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1"),
    import("@kubernetes-models/cert-manager/cert-manager.io/v1"),
    import("@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1"),
    import("@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1"),
  ]);
  return {
    Gateway: gateway.Gateway,
    GatewayClass: gateway.GatewayClass,
    HTTPRoute: gateway.HTTPRoute,
    Application: argo.Application,
    AppProject: argo.AppProject,
    Rollout: rollouts.Rollout,
    AnalysisTemplate: rollouts.AnalysisTemplate,
    Cluster: postgres.Cluster,
    Pooler: postgres.Pooler,
    ScheduledBackup: postgres.ScheduledBackup,
    Certificate: certificates.Certificate,
    ClusterIssuer: certificates.ClusterIssuer,
    ServiceMonitor: metrics.ServiceMonitor,
    PodMonitor: metrics.PodMonitor,
    PrometheusRule: metrics.PrometheusRule,
    AlertmanagerConfig: alerts.AlertmanagerConfig,
  };
};

const complaint = (model: Model, manifest: Manifest): readonly string[] => {
  try {
    new model(manifest as never).validate();
    return [];
  } catch (error) {
    return [`${manifest.kind} ${manifest.metadata.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
};

describe("custom resources", () => {
  it("are valid by the types their operators publish", async () => {
    const known = await models();
    for (const [kind, model] of Object.entries(known)) {
      const objects = [DEV, PROD, PAYMENTS_DEV, PAYMENTS_PROD, PAYMENTS_EKS_PROD].flatMap((stack) =>
        ofKind(stack, kind),
      );
      assert.ok(objects.length > 0, kind);
      assert.deepEqual(
        objects.flatMap((each) => complaint(model, each)),
        [],
      );
    }
  });

  it("would be refused with a field of the wrong type", async () => {
    const { Cluster } = await models();
    const [cluster] = ofKind(DEV, "Cluster");
    assert.ok(Cluster !== undefined && cluster !== undefined);
    const broken = { ...cluster, spec: { ...(at(cluster, "spec") as object), instances: "one" } };
    assert.equal(complaint(Cluster, broken).length, 1);
  });
});
