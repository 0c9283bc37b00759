/** The Prometheus operator's servers. https://prometheus-operator.dev/docs/api-reference/api/ */
import { type Adapter, listed, podFrom } from "./adapter";

/** Fields of `spec` that are fields of the pod, under the same name. */
const SAME = [
  "hostNetwork",
  "volumes",
  "initContainers",
  "securityContext",
  "serviceAccountName",
  "automountServiceAccountToken",
  "topologySpreadConstraints",
  "affinity",
  "dnsPolicy",
] as const;

/** The operator hardens its container; that the pod is nobody's, and its system calls filtered, is the resource's to say. */
const POD_CONTEXT = ["runAsNonRoot", "seccompProfile"].map((field) => `spec.containers[0].securityContext.${field}`);

const server = (kind: string, name: string): Adapter => ({
  group: "monitoring.coreos.com",
  kind,
  operator: "the Prometheus operator",
  decides: ["spec.resources", ...POD_CONTEXT],
  pods: (object) => {
    const spec = object.props.at("spec");
    return [
      podFrom({
        labels: {
          "app.kubernetes.io/name": name,
          "app.kubernetes.io/instance": object.name,
          "operator.prometheus.io/name": object.name,
          [name]: object.name,
        },
        more: spec.at("podMetadata", "labels"),
        spec: {
          ...Object.fromEntries(SAME.map((key) => [key, spec.at(key)])),
          containers: [
            { name, image: spec.at("image"), resources: spec.at("resources") },
            ...listed(spec.at("containers")),
          ],
        },
      }),
    ];
  },
});

export const PROMETHEUS = [server("Prometheus", "prometheus"), server("Alertmanager", "alertmanager")] as const;
