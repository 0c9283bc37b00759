/** Who reads the logs of pods, and whom it sends them to. Data for the graph. */
import { type Actor, type Landscape } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { CLOUD_API } from "../cluster/actors";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type LogFacts } from "./facts";
import { LOG_METRICS } from "./log-config";

export const LOG_SHIPPER = "log-shipper";
export const LOG_SHIPPER_LABELS = { "app.kubernetes.io/name": LOG_SHIPPER } as const;

const LOG_STORE = "log-store";

export function logActors(logs: LogFacts, internet: Landscape["internet"]): readonly Actor[] {
  const shipper: Actor = {
    name: LOG_SHIPPER,
    place: { at: "pods", namespace: NAMESPACES.logs, labels: LOG_SHIPPER_LABELS },
    serves: [tcp(LOG_METRICS)],
  };
  if (logs.to === "cloudWatch") return [{ ...shipper, identity: true, reaches: [{ to: CLOUD_API }] }];
  return [{ ...shipper, reaches: [{ to: LOG_STORE }] }, store(logs, internet)];
}

type Otlp = Extract<LogFacts, { readonly to: "otlp" }>;

/** By name where it is on the internet and the network knows names; by its ranges where it has private ones. */
function store({ endpoint, ranges }: Otlp, internet: Landscape["internet"]): Actor {
  const { hostname, port } = new URL(endpoint);
  const serves = [tcp(port === "" ? 443 : Number(port))];
  return ranges === undefined
    ? { name: LOG_STORE, place: internet, names: [hostname], serves, widerThan: hostname }
    : { name: LOG_STORE, place: { at: "ranges", ranges }, serves };
}
