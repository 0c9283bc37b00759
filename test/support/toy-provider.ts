/**
 * A provider plugin for the engine's tests: things in a folder of files, one file per object, created idempotently by
 * URN as a cloud does by client token. A thing can take its time and can fail. It tells a debug secret when asked.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Server, ServerCredentials, type sendUnaryData, status } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";

const cloud = `${process.env["KEELSON_CLOUD"] ?? ""}.d`;
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Call<T> {
  readonly request: T;
}
type Bag = Record<string, unknown>;
const plain = (struct: Struct | undefined): Bag => (struct?.toJavaScript() ?? {}) as Bag;
const struct = (bag: Bag): Struct => Struct.fromJavaScript(bag as Parameters<typeof Struct.fromJavaScript>[0]);
const pause = (ms: unknown): Promise<void> => new Promise((done) => setTimeout(done, Number(ms ?? 0)));

function answer<Q, A>(act: (request: Q) => A | Promise<A>) {
  return (call: Call<Q>, done: sendUnaryData<A>): void => {
    Promise.resolve(call.request)
      .then(act)
      .then(
        (value) => done(null, value),
        (error: unknown) => done({ code: status.UNKNOWN, details: String(error) }),
      );
  };
}

interface Thing {
  readonly id: string;
  readonly urn: string;
}

const objects = (): readonly Thing[] =>
  existsSync(cloud)
    ? readdirSync(cloud).map((name) => JSON.parse(readFileSync(join(cloud, name), "utf8")) as Thing)
    : [];

async function create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
  const inputs = plain(request.getProperties());
  const response = new proto.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(struct({ ...inputs, address: unknown }));
    return response;
  }
  if (inputs["fail"] !== undefined) throw new Error(String(inputs["fail"]));
  await pause(inputs["before"]);
  const urn = request.getUrn();
  const id = objects().find((thing) => thing.urn === urn)?.id ?? `thing-${randomBytes(4).toString("hex")}`;
  mkdirSync(cloud, { recursive: true });
  writeFileSync(join(cloud, `${id}.json`), JSON.stringify({ id, urn }));
  await pause(inputs["after"]);
  response.setId(id);
  response.setProperties(struct({ ...inputs, address: `address-of-${id}` }));
  return response;
}

function diff(request: proto.DiffRequest): proto.DiffResponse {
  const same = JSON.stringify(plain(request.getOldInputs())) === JSON.stringify(plain(request.getNews()));
  const response = new proto.DiffResponse();
  response.setChanges(same ? proto.DiffResponse.DiffChanges.DIFF_NONE : proto.DiffResponse.DiffChanges.DIFF_SOME);
  return response;
}

function update(request: proto.UpdateRequest): proto.UpdateResponse {
  const response = new proto.UpdateResponse();
  response.setProperties(struct({ ...plain(request.getOlds()), ...plain(request.getNews()) }));
  return response;
}

function read(request: proto.ReadRequest): proto.ReadResponse {
  const response = new proto.ReadResponse();
  if (!objects().some(({ id }) => id === request.getId())) return response;
  response.setId(request.getId());
  response.setProperties(request.getProperties());
  response.setInputs(request.getInputs());
  return response;
}

function checked(request: proto.CheckRequest): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function configured(): proto.ConfigureResponse {
  const response = new proto.ConfigureResponse();
  response.setSupportspreview(true);
  return response;
}

function info(): PluginInfo {
  const response = new PluginInfo();
  response.setVersion("1.0.0");
  return response;
}

const server = new Server();
server.addService(ResourceProviderService, {
  checkConfig: answer(checked),
  diffConfig: answer(diff),
  configure: answer(configured),
  check: answer(checked),
  diff: answer(diff),
  create: answer(create),
  update: answer(update),
  read: answer(read),
  delete: answer(async (request: proto.DeleteRequest) => {
    await pause(plain(request.getProperties())["deleting"]);
    rmSync(join(cloud, `${request.getId()}.json`), { force: true });
    return new Empty();
  }),
  getPluginInfo: answer(info),
  cancel: answer(() => new Empty()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) => console.log(String(port)));
