/**
 * How a new version takes over: at once, by growing weights on the load balancer with a metric that decides, or by colours.
 * Weights move on HTTPRoutes through Argo Rollouts' Gateway API plugin; going back is a weight, not a deployment.
 */
import { type AnalysisTemplate } from "../kubernetes/custom";
import { seconds } from "../../graph/units";
import { routeName, targetGroupName } from "../edge/names";
import { type Facts, type RolloutFacts } from "../kubernetes/facts";
import { type Workload } from "./service-objects";

export const GATEWAY_PLUGIN = "argoproj-labs/gatewayAPI";

type Canary = Extract<RolloutFacts, { strategy: "canary" }>;

/** The `strategy` of a Deployment or a Rollout. */
export function rolloutStrategy({ service: { name }, namespace, settings: { rollout } }: Workload) {
  if (rollout.strategy === "rolling")
    return { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } };
  if (rollout.strategy === "blueGreen") return { blueGreen: blueGreen(name, rollout.promote) };
  return { canary: canary(name, namespace, rollout) };
}

/** The old colour stays for five minutes: until then going back takes no new pod. */
const blueGreen = (name: string, promote: "automatic" | "manual") => ({
  activeService: `${name}-stable`,
  previewService: `${name}-canary`,
  autoPromotionEnabled: promote === "automatic",
  scaleDownDelaySeconds: 300,
});

const canary = (name: string, namespace: string, rollout: Canary) => ({
  canaryService: `${name}-canary`,
  stableService: `${name}-stable`,
  maxSurge: "25%",
  maxUnavailable: 0,
  trafficRouting: { plugins: { [GATEWAY_PLUGIN]: { httpRoute: routeName(name), namespace } } },
  steps: rollout.weights.flatMap((weight) => step(name, weight, rollout)),
});

const step = (name: string, setWeight: number, { pause }: Canary) => [
  { setWeight },
  { pause: { duration: `${seconds(pause)}s` } },
  { analysis: { templates: [{ templateName: analysisName(name) }] } },
];

export const analysisName = (service: string): string => `${service}-success`;

/** Share of the new version's answers below 500, as the load balancer counted them. */
export function analysisTemplate(
  { service, namespace, labels, settings }: Workload,
  facts: Facts,
): readonly AnalysisTemplate[] {
  const { rollout } = settings;
  if (rollout.strategy !== "canary") return [];
  return [
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AnalysisTemplate",
      metadata: { name: analysisName(service.name), namespace, labels },
      spec: { metrics: [successRate(service.name, rollout.success, facts)] },
    },
  ];
}

/** No traffic is no failure: an empty answer counts as success, an answer below the bound withdraws the version. */
const successRate = (service: string, success: number, facts: Facts) => ({
  name: "success",
  interval: "60s",
  count: 3,
  failureLimit: 0,
  inconclusiveLimit: 1,
  successCondition: `len(result[0].Values) == 0 || all(result[0].Values, {# >= ${success}})`,
  provider: {
    cloudWatch: { interval: "5m", metricDataQueries: queries(targetGroupName(facts.scope, service, "canary")) },
  },
});

/**
 * The target group has a name of ours, so that the query needs no identifier of the load balancer.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
function queries(targetGroup: string) {
  const search = (metric: string): string =>
    `SUM(SEARCH('{AWS/ApplicationELB,LoadBalancer,TargetGroup} MetricName="${metric}" TargetGroup=${targetGroup}', 'Sum', 60))`;
  return [
    { id: "rate", expression: "100 * (total - FILL(bad, 0)) / total", label: "success", returnData: true },
    { id: "total", expression: search("RequestCount"), returnData: false },
    { id: "bad", expression: search("HTTPCode_Target_5XX_Count"), returnData: false },
  ];
}
