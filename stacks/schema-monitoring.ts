/** Settings of monitoring: how long metrics are kept, who is told, and where logs go. */
import { z } from "zod";
import { cidr, duration, size } from "./scalars";

/** Where alerts go. What a channel needs to be secret is `keelson:alerts-<name>Credential`. */
const channel = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("slack"),
    name: z.string(),
    channel: z.string().regex(/^#/, `a channel such as "#alerts"`),
  }),
  z.strictObject({ by: z.literal("pagerduty"), name: z.string() }),
  z.strictObject({
    by: z.literal("email"),
    name: z.string(),
    to: z.email("an e-mail address"),
    from: z.email("an e-mail address"),
    server: z.string().regex(/^[a-z0-9.-]+:\d+$/, `a server such as "smtp.example.com:587"`),
    user: z.string(),
  }),
]);

export const monitoring = z.strictObject({
  retention: duration("15 days").default("15 days"),
  disk: size("50 GiB").default("50 GiB"),
  /** Two at least: the one that is down must not be the one that would say so. */
  channels: z.array(channel).min(2, "two channels at least: one of them may be what is down"),
});

/** An endpoint that takes OpenTelemetry's protocol: Loki below `/otlp`, a collector, a vendor. `keelson:logsCredential` signs in. */
const otlpLogs = z.strictObject({
  to: z.literal("otlp"),
  endpoint: z.custom<`https://${string}`>(isEndpoint, `an https address such as "https://loki.example.com/otlp"`),
  /** Private ranges in which it answers. Absent: it is on the internet. */
  ranges: z.array(cidr).min(1).optional(),
});

function isEndpoint(value: unknown): value is `https://${string}` {
  return typeof value === "string" && /^https:\/\/[^\s/@?#]+(\/[^\s?#]*)?$/.test(value) && URL.canParse(value);
}

/** A group of CloudWatch Logs in the stack's own region. */
const cloudWatchLogs = z.strictObject({
  to: z.literal("cloudWatch"),
  retention: duration("90 days").default("90 days"),
});

/** Where the logs of pods go. Absent: they stay on their nodes until they are rotated away. */
export const awsLogs = z.discriminatedUnion("to", [otlpLogs, cloudWatchLogs]);

/** The workspace that `cluster.logs` makes, for as long as it keeps the control plane's log. */
const logAnalytics = z.strictObject({ to: z.literal("logAnalytics") });

export const azureLogs = z.discriminatedUnion("to", [otlpLogs, logAnalytics]);
