/**
 * Logs of pods in a Log Analytics workspace: AKS' own agent reads them in `kube-system`, signs in as the cluster, and a rule
 * says what it collects: what containers print, and nothing else of what the agent could. Metrics are Prometheus' there.
 *
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/containers/kubernetes-monitoring-enable
 */
import type * as clusters from "@pulumi/azure-native/containerservice/managedCluster";
import * as rules from "@pulumi/azure-native/monitor/dataCollectionRule";
import * as associations from "@pulumi/azure-native/monitor/dataCollectionRuleAssociation";
import type * as pulumi from "@pulumi/pulumi";
import { type Children } from "../component";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";
import { type AksLogs } from "./aks-plan";

type Logs = AksLogs<pulumi.Input<string>>;

/** The agent, as a part of the cluster. It takes no key of the workspace. */
export const podLogsAddon = (logs: Logs) =>
  logs.workspace !== undefined && logs.pods
    ? {
        omsagent: {
          enabled: true,
          config: { logAnalyticsWorkspaceResourceID: logs.workspace, useAADAuth: "true" },
        },
      }
    : {};

/** Names that Azure's agent knows. */
const EXTENSION = "ContainerInsights";
const ASSOCIATION = "ContainerInsightsExtension";
const STREAMS = ["Microsoft-ContainerLogV2"];
const WORKSPACE = "workspace";

const SETTINGS = { interval: "1m", namespaceFilteringMode: "Off", enableContainerLogV2: true };

export interface PodLogsArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  readonly logs?: Logs;
}

/** What the agent collects, and that this cluster's does. */
export function collectPodLogs(child: Children, args: PodLogsArgs, cluster: clusters.ManagedCluster): void {
  const { scope, place, logs = {} } = args;
  if (logs.workspace === undefined || !logs.pods) return;
  const [ruleId, ruleOptions] = child("pod-logs");
  const rule = new rules.DataCollectionRule(
    ruleId,
    {
      ...place,
      kind: "Linux",
      dataCollectionRuleName: physicalName("collectionRule", scope, "pod-logs"),
      dataSources: {
        extensions: [
          {
            name: ASSOCIATION,
            extensionName: EXTENSION,
            streams: STREAMS,
            extensionSettings: { dataCollectionSettings: SETTINGS },
          },
        ],
      },
      destinations: { logAnalytics: [{ name: WORKSPACE, workspaceResourceId: logs.workspace }] },
      dataFlows: [{ streams: STREAMS, destinations: [WORKSPACE] }],
    },
    ruleOptions,
  );
  const [id, options] = child("pod-logs-of-cluster");
  const of = { associationName: ASSOCIATION, resourceUri: cluster.id, dataCollectionRuleId: rule.id };
  new associations.DataCollectionRuleAssociation(id, of, options);
}
