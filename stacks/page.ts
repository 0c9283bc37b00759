/**
 * A system on one page: the cloud's own parts, then everything Kubernetes holds. Which cloud it is, the settings say; what
 * each part is made of is decided before, as data; nothing here computes.
 */
import { SecretSet } from "../components/data/secret-set";
import { ObjectSet } from "../components/kubernetes/object-set";
import { installCharts } from "./charts";
import { credential } from "./config";
import { type Outputs, outputsOf } from "./outputs";
import { planStack } from "./plan";
import { createPlatform } from "./platforms";
import { type Settings } from "./schema";
import { startConditions } from "./start-conditions";

export function deploySystem(settings: Settings): Outputs {
  const plan = planStack(settings);
  const platform = createPlatform(settings);
  const inCluster = { provider: platform.cluster.provider };

  const foundation = new ObjectSet("foundation", { objects: plan.foundation }, inCluster);
  const addons = platform.addOns(foundation);

  const { namespaces } = foundation;
  const { password } = platform.stores;
  const secrets = new SecretSet(
    "secrets",
    { secrets: plan.secrets, password, configured: credential, namespaces },
    inCluster,
  );
  const charts = installCharts(plan, { platform, addons, foundation, secrets });

  const after = startConditions({ platform, addons, secrets, foundation });
  const objects = [...plan.objects, ...addons.objects];
  new ObjectSet("objects", { objects, charts, beside: foundation.byId, after }, inCluster);

  return outputsOf(plan, platform);
}
