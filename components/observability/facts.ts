/** What monitoring depends on besides the graph: how long metrics are kept, who is told, and where logs go. */
import { type Cidr } from "../../graph/landscape";
import { type Duration, type Size } from "../../graph/units";

export interface MonitoringFacts {
  readonly retention: Duration;
  /** Of Prometheus' volume. */
  readonly disk: Size;
  /** At least two: the one that is down must not be the one that would say so. */
  readonly channels: readonly Channel[];
}

/** Where alerts go. What must stay secret is the stack's `keelson:alerts-<name>Credential`. */
export type Channel =
  | { readonly by: "slack"; readonly name: string; readonly channel: string }
  | { readonly by: "pagerduty"; readonly name: string }
  | {
      readonly by: "email";
      readonly name: string;
      readonly to: string;
      readonly from: string;
      readonly server: string;
      readonly user: string;
    };

/** Where logs go: an endpoint that takes OpenTelemetry's protocol, or a group of CloudWatch in the stack's own region. */
export type LogFacts =
  | {
      readonly to: "otlp";
      /** Address below which `/v1/logs` is. It is signed in to with the stack's `keelson:logsCredential`. */
      readonly endpoint: `https://${string}`;
      /** Private ranges in which it answers. @default - it is on the internet */
      readonly ranges?: readonly Cidr[] | undefined;
    }
  | { readonly to: "cloudWatch"; readonly group: string };
