/** CloudNativePG: instances of a Cluster, and the connection poolers before it. https://cloudnative-pg.io/documentation/ */
import { type Adapter, partsOf, podFrom } from "./adapter";

const GROUP = "postgresql.cnpg.io";
const OPERATOR = "CloudNativePG";

/** The operator itself sets non-root, read-only root, no escalation and no capabilities; it sets no resources. */
const cluster: Adapter = {
  group: GROUP,
  kind: "Cluster",
  operator: OPERATOR,
  decides: ["spec.resources"],
  pods: (object) => {
    const spec = object.props.at("spec");
    return [
      podFrom({
        labels: { "cnpg.io/cluster": object.name, "cnpg.io/podRole": "instance" },
        more: spec.at("inheritedMetadata", "labels"),
        spec: {
          serviceAccountName: object.name,
          securityContext: { seccompProfile: spec.at("seccompProfile") },
          topologySpreadConstraints: spec.at("topologySpreadConstraints"),
          containers: [
            {
              name: "postgres",
              image: spec.at("imageName"),
              env: spec.at("env"),
              resources: spec.at("resources"),
              securityContext: spec.at("securityContext"),
            },
          ],
        },
      }),
    ];
  },
};

const pooler: Adapter = {
  group: GROUP,
  kind: "Pooler",
  operator: OPERATOR,
  decides: [],
  pods: (object) => {
    const template = object.props.at("spec", "template");
    const labels = { "cnpg.io/poolerName": object.name };
    return [podFrom({ labels, more: template.at("metadata", "labels"), spec: partsOf(template.at("spec")) })];
  },
};

export const CLOUDNATIVE_PG = [cluster, pooler] as const;
