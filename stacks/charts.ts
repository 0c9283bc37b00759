/** Which charts a stack needs and what each waits for: its namespace and policies, its identity, and names that resolve. */
import type * as pulumi from "@pulumi/pulumi";
import { type Cluster } from "../components/cluster/cluster";
import { type SecretSet } from "../components/data/secret-set";
import { Chart } from "../components/kubernetes/chart";
import { type ChartName } from "../components/kubernetes/chart-names";
import { type ArgoCdFacts } from "../components/kubernetes/facts";
import { NAMESPACES } from "../components/kubernetes/namespaces";
import { type ObjectSet } from "../components/kubernetes/object-set";
import { argoCdValues, gatewayCrdValues, postgresOperatorValues } from "../components/kubernetes/values";
import { credential } from "./config";
import { type StackPlan, WEBHOOK } from "./plan";
import { type AddOns, type Platform, type WantedChart, type WantedCharts } from "./platform";
import { systemCharts } from "./system-charts";

export interface Ground {
  readonly platform: Platform;
  readonly addons: AddOns;
  readonly foundation: ObjectSet;
  readonly secrets: SecretSet;
}

type Installed = Partial<Readonly<Record<ChartName, readonly pulumi.Resource[]>>>;

export function installCharts(plan: StackPlan, ground: Ground): Installed {
  const definitions = install("gateway-crds", GATEWAY_DEFINITIONS, ground);
  const wanted: WantedCharts = {
    ...ground.platform.charts(definitions),
    ...commonCharts(plan, ground),
    ...systemCharts(plan, ground),
  };
  const installed = new Map<ChartName, readonly pulumi.Resource[]>([["gateway-crds", definitions]]);
  for (const [name, chart] of Object.entries(wanted) as readonly [ChartName, WantedChart][]) {
    const first = (chart.afterCharts ?? []).flatMap((each) => installed.get(each) ?? []);
    installed.set(name, install(name, { ...chart, after: [...(chart.after ?? []), ...first] }, ground));
  }
  return Object.fromEntries(installed);
}

const GATEWAY_DEFINITIONS: WantedChart = { namespace: NAMESPACES.platform, values: gatewayCrdValues() };

function install(
  name: ChartName,
  { namespace, values, after = [] }: WantedChart,
  { platform, addons, foundation }: Ground,
): readonly pulumi.Resource[] {
  const { provider }: Cluster = platform.cluster;
  const starts =
    name === "gateway-crds" ? [] : [...addons.ready, ...foundation.inNamespace("NetworkPolicy", namespace)];
  const dependsOn = [...foundation.inNamespace("Namespace", namespace), ...starts, ...after];
  return new Chart(name, { chart: name, namespace, values }, { provider, dependsOn }).ready;
}

/** Charts that are the same on every cloud. */
function commonCharts({ settings, facts }: StackPlan, { secrets }: Ground): WantedCharts {
  const argo = facts.delivery;
  const postgres = Object.values(settings.stores).some(({ flavour }) => flavour === "cloudnative-pg");
  return {
    ...(postgres && {
      "cloudnative-pg": { namespace: NAMESPACES.postgresOperator, values: postgresOperatorValues() },
    }),
    ...(argo.by === "argocd" && {
      "argo-cd": {
        namespace: NAMESPACES.delivery,
        values: argoCdValues(argo, webhookSecret(argo)),
        after: secrets.inNamespace(NAMESPACES.delivery),
      },
    }),
  };
}

/** What the repository's host signs its announcements with. */
const webhookSecret = ({ repository }: ArgoCdFacts): pulumi.Output<string> | undefined =>
  repository.webhook === "none" ? undefined : credential(WEBHOOK);
