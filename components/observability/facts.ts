/** What monitoring depends on besides the graph: how long metrics are kept, and who is told. */
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
