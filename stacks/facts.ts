/** What objects and charts depend on, picked from the settings of a stack. */
import { type Facts } from "../components/kubernetes/facts";
import { type LogFacts } from "../components/observability/facts";
import { logGroupName } from "../components/observability/log-group";
import { type Settings } from "./schema";
import { scopeOf } from "./scope";
import { siteOf } from "./sites";

export const factsOf = (settings: Settings): Facts => ({
  scope: scopeOf(settings),
  host: settings.edge.host,
  kubernetes: settings.cluster.version,
  keep: settings.protection.mode === "retain",
  waf: "waf" in settings.edge && settings.edge.waf,
  edge: siteOf(settings).entrance,
  broker: settings.broker,
  monitoring: settings.monitoring,
  logs: logsOf(settings),
  services: settings.services,
  stores: settings.stores,
  backup: settings.backup,
  vault: siteOf(settings).vault,
  archives: siteOf(settings).archives,
  delivery: settings.delivery,
  recovers: recoveryFacts(settings),
});

/** What sends logs to Log Analytics is a part of AKS, so there is nothing of ours to say of it. */
function logsOf(settings: Settings): LogFacts | undefined {
  const { logs } = settings;
  if (logs?.to === "logAnalytics") return undefined;
  return logs?.to === "cloudWatch" ? { to: "cloudWatch", group: logGroupName(scopeOf(settings)) } : logs;
}

const recoveryFacts = (settings: Settings): Facts["recovers"] =>
  settings.recovers === undefined
    ? undefined
    : { ...settings.recovers, vault: siteOf(settings).lostVault(settings.recovers.region) };
