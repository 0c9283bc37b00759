/** When Azure works on a cluster by itself. */
import * as windows from "@pulumi/azure-native/containerservice/maintenanceConfiguration";
import type * as clusters from "@pulumi/azure-native/containerservice/managedCluster";
import { type Children } from "../component";
import { type AzurePlace } from "../network/azure-place";

/** When Azure may touch the cluster and its nodes: Sundays from two in the morning, four hours, in UTC. */
export function createWindows(child: Children, place: AzurePlace, cluster: clusters.ManagedCluster): void {
  const schedule = { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } } as const;
  for (const configName of ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"]) {
    const [id, options] = child(configName === "aksManagedAutoUpgradeSchedule" ? "window" : "node-window");
    const maintenanceWindow = { schedule, durationHours: 4, startTime: "02:00", utcOffset: "+00:00" };
    const where = { resourceGroupName: place.resourceGroupName, resourceName: cluster.name, configName };
    new windows.MaintenanceConfiguration(id, { ...where, maintenanceWindow }, options);
  }
}
