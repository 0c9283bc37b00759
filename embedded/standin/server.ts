/**
 * Serves a `Provider` as an engine plugin: one port on the loopback interface, printed on standard output as the engine
 * expects. A plugin whose engine has died ends itself, so that a killed run leaves no process behind.
 */
import * as grpc from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { endWithParent } from "../process/parent";
import { changedProperties, compare, type Change, type Difference } from "./diff";
import { InitFailed, Refused, type CheckResult, type Provider, type Subject } from "./provider";
import { fromWire, toWire, type Properties } from "./values";

/** Starts the plugin; the first argument the engine passes is its own address. */
export function serve(provider: Provider): void {
  const engine = { address: process.argv[2] ?? "" };
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 << 20 });
  server.addService(ResourceProviderService, { ...resourceHandlers(provider), ...pluginHandlers(provider, engine) });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    console.log(String(port));
  });
  endWithParent();
}

function pluginHandlers(provider: Provider, engine: { address: string }): grpc.UntypedServiceImplementation {
  return {
    attach: unary<PluginAttach, Empty>((request) => {
      engine.address = request.getAddress();
      return new Empty();
    }),
    cancel: unary<Empty, Empty>(() => {
      provider.cancel?.();
      return new Empty();
    }),
    getPluginInfo: unary<Empty, PluginInfo>(() => new PluginInfo().setVersion(provider.version)),
    getSchema: unary<pb.GetSchemaRequest, pb.GetSchemaResponse>(() => new pb.GetSchemaResponse().setSchema("{}")),
    construct: unary<pb.ConstructRequest, pb.ConstructResponse>((request) => {
      if (provider.construct === undefined) throw new Refused(`${request.getType()} is not a component here`);
      return provider.construct(request, engine.address);
    }),
    handshake: unary<pb.ProviderHandshakeRequest, pb.ProviderHandshakeResponse>((request) => {
      engine.address = request.getEngineAddress();
      return new pb.ProviderHandshakeResponse().setAcceptSecrets(true);
    }),
  };
}

function resourceHandlers(provider: Provider): grpc.UntypedServiceImplementation {
  return { ...configHandlers(provider), ...decisionHandlers(provider), ...changeHandlers(provider) };
}

const configHandlers = (provider: Provider): grpc.UntypedServiceImplementation => ({
  checkConfig: unary<pb.CheckRequest, pb.CheckResponse>(async (request) =>
    checked((await provider.checkConfig?.(checkRequest(request))) ?? { inputs: fromWire(request.getNews()) }),
  ),
  diffConfig: unary<pb.DiffRequest, pb.DiffResponse>(async (request) => {
    const asked = diffRequest(request);
    return difference((await provider.diffConfig?.(asked)) ?? { detailed: updatesOnly(asked.oldInputs, asked.news) });
  }),
  configure: unary<pb.ConfigureRequest, pb.ConfigureResponse>(async (request) => {
    await provider.configure?.({ urn: request.getUrn() ?? "", args: fromWire(request.getArgs()) });
    return new pb.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }),
});

const decisionHandlers = (provider: Provider): grpc.UntypedServiceImplementation => ({
  check: unary<pb.CheckRequest, pb.CheckResponse>(async (r) => checked(await provider.check(checkRequest(r)))),
  diff: unary<pb.DiffRequest, pb.DiffResponse>(async (r) => difference(await provider.diff(diffRequest(r)))),
  invoke: unary<pb.InvokeRequest, pb.InvokeResponse>(async (request) => {
    const [token, args, preview] = [request.getTok(), fromWire(request.getArgs()), request.getPreview()];
    const { result, failures = [] } = await provider.invoke({ token, args, preview });
    return new pb.InvokeResponse().setReturn(toWire(result)).setFailuresList(failures.map(failure));
  }),
  read: unary<pb.ReadRequest, pb.ReadResponse>(async (r) => {
    const asked = { ...subject(r), id: r.getId(), olds: fromWire(r.getProperties()), inputs: fromWire(r.getInputs()) };
    const found = await provider.read(asked);
    if (found === undefined) return new pb.ReadResponse();
    const answer = new pb.ReadResponse().setId(found.id);
    return answer.setProperties(toWire(found.properties)).setInputs(toWire(found.inputs));
  }),
});

const changeHandlers = (provider: Provider): grpc.UntypedServiceImplementation => ({
  create: unary<pb.CreateRequest, pb.CreateResponse>(async (r) => {
    const inputs = fromWire(r.getProperties());
    const asked = { ...subject(r), inputs, preview: r.getPreview(), timeoutSeconds: r.getTimeout() };
    const { id, properties } = await provider.create(asked);
    return new pb.CreateResponse().setId(id).setProperties(toWire(properties));
  }),
  update: unary<pb.UpdateRequest, pb.UpdateResponse>(async (r) => {
    const asked = { ...diffRequest(r), preview: r.getPreview(), timeoutSeconds: r.getTimeout() };
    return new pb.UpdateResponse().setProperties(toWire(await provider.update(asked)));
  }),
  delete: unary<pb.DeleteRequest, Empty>(async (r) => {
    const [olds, oldInputs] = [fromWire(r.getProperties()), fromWire(r.getOldInputs())];
    await provider.delete({ ...subject(r), id: r.getId(), olds, oldInputs, timeoutSeconds: r.getTimeout() });
    return new Empty();
  }),
});

function unary<Q, R>(answer: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> {
  return ({ request }, callback) => {
    Promise.resolve(request)
      .then(answer)
      .then((response) => callback(null, response))
      .catch((error: unknown) => callback(serviceError(error)));
  };
}

function serviceError(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof InitFailed) return initFailed(error);
  if (error instanceof Refused) return { code: grpc.status.UNKNOWN, details: error.message };
  return {
    code: grpc.status.UNKNOWN,
    details: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** The engine reads the created object out of the error's details. */
function initFailed({ message, object, reasons }: InitFailed): Partial<grpc.StatusObject> {
  const detail = new pb.ErrorResourceInitFailed().setId(object.id).setReasonsList([...reasons]);
  detail.setProperties(toWire(object.properties)).setInputs(toWire(object.inputs));
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
  status.setDetailsList([any]);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

interface About {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

/** Older engines send the URN only. */
function subject(request: About): Subject {
  const parts = request.getUrn().split("::");
  const type = request.getType() || (parts[2]?.split("$").pop() ?? "");
  return { urn: request.getUrn(), type, name: request.getName() || parts.slice(3).join("::") };
}

const checkRequest = (r: pb.CheckRequest) => ({
  ...subject(r),
  olds: fromWire(r.getOlds()),
  news: fromWire(r.getNews()),
  seed: r.getRandomseed_asU8(),
});

const diffRequest = (r: pb.DiffRequest | pb.UpdateRequest) => ({
  ...subject(r),
  id: r.getId(),
  olds: fromWire(r.getOlds()),
  oldInputs: fromWire(r.getOldInputs()),
  news: fromWire(r.getNews()),
  ignoreChanges: r.getIgnorechangesList(),
});

const checked = ({ inputs, failures = [] }: CheckResult): pb.CheckResponse =>
  new pb.CheckResponse().setInputs(toWire(inputs)).setFailuresList(failures.map(failure));

const failure = (of: { readonly property: string; readonly reason: string }): pb.CheckFailure =>
  new pb.CheckFailure().setProperty(of.property).setReason(of.reason);

const updatesOnly = (olds: Properties, news: Properties) => compare({ olds, news, replaces: () => false });

const KIND = { add: [0, 1], delete: [2, 3], update: [4, 5] } as const;

function difference({ detailed, stables = [], deleteBeforeReplace = false }: Difference): pb.DiffResponse {
  const replacing = Object.fromEntries(Object.entries(detailed).filter(([, change]) => change.replace));
  const changes = Object.keys(detailed).length > 0 ? 2 : 1; // DIFF_SOME, DIFF_NONE
  const answer = new pb.DiffResponse().setChanges(changes).setDiffsList([...changedProperties(detailed)]);
  answer.setReplacesList([...changedProperties(replacing)]).setStablesList([...stables]);
  answer.setDeletebeforereplace(deleteBeforeReplace).setHasdetaileddiff(true);
  for (const [path, change] of Object.entries(detailed)) answer.getDetaileddiffMap().set(path, propertyDiff(change));
  return answer;
}

const propertyDiff = ({ kind, replace }: Change): pb.PropertyDiff =>
  new pb.PropertyDiff().setKind(KIND[kind][replace ? 1 : 0]).setInputdiff(true);
