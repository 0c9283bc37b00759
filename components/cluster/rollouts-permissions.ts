/** What Argo Rollouts may do in the cloud: read metrics, by which a new version is judged. AWS knows no narrower bound. */
import { type Statement } from "../identity/statement";

export const rolloutsStatements: readonly Statement[] = [
  { sid: "ReadMetrics", actions: ["cloudwatch:GetMetricData"], resources: ["*"] },
];
