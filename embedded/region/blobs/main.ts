/**
 * Stands in for Velero's plugin for Azure, which cannot be had here: the same name, the same protocol, the location's own
 * `config`; but what it calls a container lies in the region's S3 API, and nobody signs in. Velero runs it as it runs any
 * plugin, and ends it.
 */
import * as grpc from "@grpc/grpc-js";
import { join } from "node:path";
import { endWithParent } from "../../process/parent";
import { deleteObject, getObject, listObjects, putObject, type S3Site } from "../s3";
import {
  type Asked,
  EMPTY,
  readAsked,
  readInit,
  writeBytes,
  writePlugin,
  writeServing,
  writeTexts,
  writeTrue,
} from "./messages";

/** As `velero-plugin-for-microsoft-azure` registers itself. */
const NAME = "velero.io/azure";

const site: S3Site = {
  dir: process.env["KEELSON_BLOBS_DIR"] ?? "",
  region: process.env["KEELSON_BLOBS_REGION"] ?? "",
  port: Number(process.env["KEELSON_BLOBS_PORT"]),
};

let account = "";

/** An account's name is in its address; containers of several accounts are buckets beside each other. */
const bucketOf = ({ bucket }: Pick<Asked, "bucket">): string => `${account}-${bucket}`;

const there = async (asked: Asked): Promise<boolean> =>
  (await listObjects(site, bucketOf(asked), asked.third)).some(({ key }) => key === asked.third);

async function folders(asked: Asked): Promise<readonly string[]> {
  const [delimiter, prefix] = [asked.third, asked.fourth];
  const keys = (await listObjects(site, bucketOf(asked), prefix)).map(({ key }) => key);
  const ends = keys.flatMap((key) => {
    const end = key.indexOf(delimiter, prefix.length);
    return end < 0 ? [] : [key.slice(0, end + delimiter.length)];
  });
  return [...new Set(ends)];
}

type Answer = (asked: Asked) => Promise<Uint8Array>;

const ANSWERS: Readonly<Record<string, Answer>> = {
  ObjectExists: async (asked) => writeTrue(await there(asked)),
  ListCommonPrefixes: async (asked) => writeTexts(await folders(asked)),
  ListObjects: async (asked) =>
    writeTexts((await listObjects(site, bucketOf(asked), asked.third)).map(({ key }) => key)),
  DeleteObject: async (asked) => (await deleteObject(site, bucketOf(asked), asked.third), EMPTY),
  // Logs are fetched by people through such an address; here anybody may.
  CreateSignedURL: (asked) =>
    Promise.resolve(writeTexts([`http://127.0.0.1:${site.port}/${bucketOf(asked)}/${asked.third}`])),
};

const asIs = (bytes: Buffer): Buffer => bytes;

const method = (path: string, requestStream = false, responseStream = false) => ({
  ...{ path, requestStream, responseStream },
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
  responseDeserialize: asIs,
});

const unary =
  (answer: (message: Buffer) => Promise<Uint8Array>): grpc.handleUnaryCall<Buffer, Uint8Array> =>
  ({ request }, callback) =>
    void answer(request).then(
      (bytes) => callback(null, bytes),
      (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: String(error) }),
    );

const put: grpc.handleClientStreamingCall<Buffer, Uint8Array> = (call, callback) => {
  const parts: Asked[] = [];
  call.on("data", (message: Buffer) => parts.push(readAsked(message)));
  call.on("end", () => {
    const [first] = parts;
    const whole = Buffer.concat(parts.map(({ body }) => body));
    const done =
      first === undefined ? Promise.resolve() : putObject(site, bucketOf(first), first.third, new Uint8Array(whole));
    done.then(
      () => callback(null, EMPTY),
      (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: String(error) }),
    );
  });
};

const PART = 16_384;

const get: grpc.handleServerStreamingCall<Buffer, Uint8Array> = (call) => {
  const asked = readAsked(call.request);
  getObject(site, bucketOf(asked), asked.third).then(
    (bytes) => {
      for (let at = 0; at < bytes.length; at += PART) call.write(writeBytes(bytes.subarray(at, at + PART)));
      call.end();
    },
    (error: unknown) => call.destroy(Object.assign(new Error(String(error)), { code: grpc.status.UNKNOWN })),
  );
};

async function init(message: Buffer): Promise<Uint8Array> {
  const { config } = readInit(message);
  account = new URL(config["storageAccountURI"] ?? "https://unnamed").hostname.split(".")[0] ?? "";
  await Promise.resolve();
  return EMPTY;
}

const store = (name: string): string => `/generated.ObjectStore/${name}`;

function serve(): void {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  const plain = Object.entries(ANSWERS).map(([name, answer]) => [name, answer] as const);
  server.addService(Object.fromEntries(plain.map(([name]) => [name, method(store(name))])), {
    ...Object.fromEntries(plain.map(([name, answer]) => [name, unary((message) => answer(readAsked(message)))])),
  });
  server.addService({ Init: method(store("Init")) }, { Init: unary(init) });
  server.addService({ PutObject: method(store("PutObject"), true) }, { PutObject: put });
  server.addService({ GetObject: method(store("GetObject"), false, true) }, { GetObject: get });
  const listed = writePlugin(process.argv[1] === undefined ? "" : commandOf(), NAME);
  server.addService(
    { ListPlugins: method("/generated.PluginLister/ListPlugins") },
    { ListPlugins: unary(() => Promise.resolve(listed)) },
  );
  server.addService(
    { Check: method("/grpc.health.v1.Health/Check") },
    { Check: unary(() => Promise.resolve(writeServing())) },
  );
  server.addService(
    { Shutdown: method("/plugin.GRPCController/Shutdown") },
    { Shutdown: unary(() => (setTimeout(() => process.exit(0), 10), Promise.resolve(EMPTY))) },
  );
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    console.log(`1|2|tcp|127.0.0.1:${port}|grpc`); // core protocol, Velero's protocol, where, how
  });
  endWithParent();
}

/** Velero starts the same file again for every kind of plugin that it says it holds. */
const commandOf = (): string => process.env["KEELSON_BLOBS_COMMAND"] ?? join(__dirname, "main.js");

if (process.env["VELERO_PLUGIN"] === "hello") serve();
