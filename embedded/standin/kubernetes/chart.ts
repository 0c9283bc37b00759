/**
 * `helm.v4.Chart`, where charts cannot be fetched: the component is registered, so that what depends on it is ordered,
 * and has no children. Each is recorded, by chart and version, for reports to name what nobody has looked into.
 */
import * as grpc from "@grpc/grpc-js";
import { ConstructResponse, type ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { Refused } from "../provider";
import { fromWire, text, toWire, type Properties } from "../values";
import { at } from "./fields";
import { recordUnexpanded } from "./records";

const CHART = "kubernetes:helm.sh/v4:Chart";
const REASON = "charts are not fetched here: what it contains is neither created nor checked";

export async function construct(request: ConstructRequest): Promise<ConstructResponse> {
  const type = request.getType();
  if (type !== CHART)
    throw new Refused(`${type} is not supported by the local stand-in; declare the objects one by one`);
  const urn = await registered(request);
  const inputs = fromWire(request.getInputs());
  recordUnexpanded({ urn, ...described(inputs), reason: REASON });
  return new ConstructResponse().setUrn(urn).setState(toWire({ resources: [] }));
}

/** Chart, version and repository as the program gave them. */
export const described = (inputs: Properties) => ({
  chart: text(inputs["chart"]) ?? "",
  version: text(inputs["version"]) ?? "",
  repository: text(at(inputs["repositoryOpts"], "repo")) ?? "",
});

async function registered(request: ConstructRequest): Promise<string> {
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const urn = await register(monitor, registration(request));
    await finish(monitor, urn);
    return urn;
  } finally {
    monitor.close();
  }
}

function registration(request: ConstructRequest): RegisterResourceRequest {
  const registering = new RegisterResourceRequest().setType(request.getType()).setName(request.getName());
  registering.setParent(request.getParent()).setCustom(false).setObject(toWire({}));
  registering
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setProtect(request.getProtect() ?? false);
  registering.setDependenciesList(request.getDependenciesList()).setAliasesList(request.getAliasesList());
  const providers = registering.getProvidersMap();
  request.getProvidersMap().forEach((provider: string, name: string) => providers.set(name, provider));
  return registering;
}

const register = (monitor: ResourceMonitorClient, request: RegisterResourceRequest): Promise<string> =>
  new Promise((resolve, reject) =>
    monitor.registerResource(request, (error, answer) => (error ? reject(error) : resolve(answer.getUrn()))),
  );

function finish(monitor: ResourceMonitorClient, urn: string): Promise<void> {
  const request = new RegisterResourceOutputsRequest().setUrn(urn).setOutputs(toWire({ resources: [] }));
  return new Promise((resolve, reject) =>
    monitor.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve())),
  );
}
