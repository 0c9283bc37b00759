/** Secrets of monitoring: what alert channels keep secret, and the administrator of the dashboards. */
import { type PlannedSecret, password, text } from "../data/planned-secret";
import { type Facts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";

const namespace = NAMESPACES.monitoring;

/** Secret with one key per channel. */
export const CHANNELS = "alert-channels";
export const GRAFANA_ADMIN = "grafana-admin";

export const monitoringSecrets = ({ monitoring }: Facts): readonly PlannedSecret[] =>
  monitoring === undefined
    ? []
    : [
        {
          name: CHANNELS,
          namespace,
          type: "Opaque",
          values: Object.fromEntries(
            monitoring.channels.map(({ name }) => [name, { is: "configured" as const, key: `alerts-${name}` }]),
          ),
        },
        {
          name: GRAFANA_ADMIN,
          namespace,
          type: "Opaque",
          values: { username: text("admin"), password: password("grafana", "admin") },
        },
      ];
