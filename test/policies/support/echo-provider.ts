/**
 * A provider plugin of the least kind: takes any inputs, previews and creates them as they are, knows no outputs. Enough
 * for the engine to show a policy pack every resource of a stack without a cloud.
 */
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";

const reply =
  <Request, Response>(answer: (request: Request) => Response) =>
  (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void =>
    callback(null, answer(call.request));

function checked(request: messages.CheckRequest): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function unchanged(): messages.DiffResponse {
  const response = new messages.DiffResponse();
  response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
  return response;
}

function configured(): messages.ConfigureResponse {
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  response.setAcceptresources(true);
  return response;
}

function created(request: messages.CreateRequest): messages.CreateResponse {
  const response = new messages.CreateResponse();
  if (!request.getPreview()) response.setId(request.getUrn());
  response.setProperties(request.getProperties());
  return response;
}

const server = new Server();
server.addService(ResourceProviderService, {
  checkConfig: reply(checked),
  diffConfig: reply(unchanged),
  configure: reply(configured),
  check: reply(checked),
  diff: reply(unchanged),
  create: reply(created),
  delete: reply(() => new Empty()),
  attach: reply(() => new Empty()),
  cancel: reply(() => new Empty()),
  getPluginInfo: reply(() => new PluginInfo()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, port) => console.log(String(port)));
