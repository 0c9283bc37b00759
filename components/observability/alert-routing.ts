/**
 * Who is told of what: everything critical goes to every channel, warnings to the first, and what only informs or shows that
 * alerts work at all to nobody. What a channel keeps secret is
 * read from a Secret, so no object holds it.
 */
import { type AlertmanagerConfig } from "../kubernetes/custom";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type Channel, type MonitoringFacts } from "./facts";
import { CHANNELS } from "./monitoring-secrets";

/** Also what the Alertmanager is told to take for its own. */
export const ALERT_ROUTING = "channels";

const EVERYBODY = "everybody";
const FIRST = "first";
const NOBODY = "nobody";

export const alertRouting = ({ channels }: MonitoringFacts): AlertmanagerConfig => ({
  apiVersion: "monitoring.coreos.com/v1alpha1",
  kind: "AlertmanagerConfig",
  metadata: { name: ALERT_ROUTING, namespace: NAMESPACES.monitoring },
  spec: {
    route: {
      receiver: FIRST,
      groupBy: ["alertname", "namespace", "service"],
      groupWait: "30s",
      groupInterval: "5m",
      repeatInterval: "4h",
      routes: [
        { receiver: EVERYBODY, matchers: [{ name: "severity", matchType: "=", value: "critical" }] },
        { receiver: NOBODY, matchers: [{ name: "severity", matchType: "=~", value: "info|none" }] },
      ],
    },
    receivers: [receiver(FIRST, channels.slice(0, 1)), receiver(EVERYBODY, channels), { name: NOBODY }],
  },
});

const receiver = (name: string, channels: readonly Channel[]) => ({
  name,
  slackConfigs: channels.flatMap((each) =>
    each.by === "slack" ? [{ apiURL: secretOf(each), channel: each.channel, sendResolved: true }] : [],
  ),
  pagerdutyConfigs: channels.flatMap((each) =>
    each.by === "pagerduty" ? [{ routingKey: secretOf(each), sendResolved: true }] : [],
  ),
  emailConfigs: channels.flatMap((each) =>
    each.by === "email"
      ? [
          {
            to: each.to,
            from: each.from,
            smarthost: each.server,
            authUsername: each.user,
            authPassword: secretOf(each),
            requireTLS: true,
            sendResolved: true,
          },
        ]
      : [],
  ),
});

const secretOf = ({ name }: Channel) => ({ name: CHANNELS, key: name });
