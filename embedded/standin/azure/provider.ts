/** The stand-in Azure provider: its configuration, the subscription it may touch, and the closed list of functions it answers. */
import { type Cloud, subscriptionId } from "../cloud";
import { ManagedProvider } from "../managed";
import { Refused, type ConfigureRequest, type InvokeRequest, type InvokeResult } from "../provider";
import { text, type Properties } from "../values";
import { accessKeys } from "./caches";
import { kubeconfigs } from "./cluster";
import { CLUSTER, REDIS_CLUSTER } from "./names";

export class AzureProvider extends ManagedProvider {
  protected override readonly place = "location";

  configure({ args }: ConfigureRequest): void {
    this.region = locationFrom(args);
    refuseSubscription(args);
  }

  async invoke({ token, args }: InvokeRequest): Promise<InvokeResult> {
    const answer = INVOKES[token];
    if (answer === undefined) throw new Refused(unknownInvoke(token));
    const at = { type: token, region: this.region };
    return this.call("invoke", at, (cloud) => ({ result: answer(cloud, this.region, args) }));
  }
}

type Answer = (cloud: Cloud, region: string, args: Properties) => Properties;

const INVOKES: Readonly<Record<string, Answer>> = {
  "azure-native:authorization:getClientConfig": () => ({
    subscriptionId: subscriptionId(),
    tenantId: "",
    clientId: "",
    objectId: "",
  }),
  "azure-native:containerservice:listManagedClusterUserCredentials": (cloud, region, args) => {
    const name = text(args["resourceName"]) ?? "";
    const found = cloud.find(CLUSTER, name, region);
    if (found === undefined) throw new Refused(`ResourceNotFound: no cluster ${name} in ${region}`);
    return kubeconfigs(name, found);
  },
  "azure-native:redisenterprise:listDatabaseKeys": (cloud, region, args) => {
    const name = text(args["clusterName"]) ?? "";
    const found = cloud.find(REDIS_CLUSTER, name, region);
    if (found === undefined) throw new Refused(`ResourceNotFound: no Redis cluster ${name} in ${region}`);
    return accessKeys(found);
  },
};

const unknownInvoke = (token: string): string =>
  `the stand-in Azure does not answer ${token}: add it to INVOKES in embedded/standin/azure/provider.ts`;

function locationFrom(args: Properties): string {
  const location = text(args["location"]) ?? process.env["ARM_LOCATION"];
  if (location === undefined)
    throw new Refused(
      "no location: set azure-native:location, for example  pulumi config set azure-native:location westeurope",
    );
  if (!/^[a-z]+\d?$/.test(location))
    throw new Refused(`azure-native:location is ${location}, want one such as westeurope`);
  return location;
}

/** A sign-in sees its own subscriptions; any other is as if it did not exist. */
function refuseSubscription(args: Properties): void {
  const wanted = text(args["subscriptionId"]);
  if (wanted !== undefined && wanted !== subscriptionId())
    throw new Refused(`SubscriptionNotFound: ${wanted} could not be found: signed in to ${subscriptionId()}`);
}
