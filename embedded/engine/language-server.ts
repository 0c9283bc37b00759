/**
 * What the engine calls back while it runs: the program, in this process, and a receiver of its events. Both listen on
 * loopback only, on ports the system picks. Events stay in memory: a file of them would hold secrets.
 */
import { createRequire } from "node:module";
import { Server, ServerCredentials, type UntypedServiceImplementation, type sendUnaryData } from "@grpc/grpc-js";
import { EventsService } from "@pulumi/pulumi/proto/events_grpc_pb.js";
import { type EventRequest } from "@pulumi/pulumi/proto/events_pb.js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { type EngineEvent, parseEvent } from "./engine-events";

/** A Pulumi program: registers resources and returns the stack's outputs. */
export type Program = () => Promise<Readonly<Record<string, unknown>> | undefined>;

export interface Callbacks {
  readonly address: string;
  close(): void;
}

// The SDK exports its language server without types; the Automation API uses the same class.
const load = createRequire(__filename);
const { LanguageServer }: { LanguageServer: new (program: Program) => UntypedServiceImplementation } = load(
  "@pulumi/pulumi/automation/server",
);

interface EventStream {
  on(event: "data", listener: (request: EventRequest) => void): void;
  on(event: "end", listener: () => void): void;
}

function receiver(onEvent: (event: EngineEvent) => void): UntypedServiceImplementation {
  return {
    streamEvents: (stream: EventStream, done: sendUnaryData<Empty>) => {
      stream.on("data", (request) => {
        const event = parseEvent(request.getEvent());
        if (event !== undefined) onEvent(event);
      });
      stream.on("end", () => done(null, new Empty()));
    },
  };
}

/** A `NO_PROXY` that keeps loopback out of any proxy: both ends of these calls honour the proxy variables. */
export const withoutProxy = (value: string | undefined): string =>
  [...new Set([...(value ?? "").split(","), "127.0.0.1", "localhost"])].filter((host) => host !== "").join(",");

const listen = (server: Server): Promise<number> =>
  new Promise((done, fail) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? done(port) : fail(error),
    );
  });

/** Starts both services on one port. */
export async function serve(program: Program, onEvent: (event: EngineEvent) => void): Promise<Callbacks> {
  process.env["no_proxy"] = withoutProxy(process.env["no_proxy"] ?? process.env["NO_PROXY"]);
  const server = new Server({ "grpc.max_receive_message_length": 1 << 29 });
  server.addService(LanguageRuntimeService, new LanguageServer(program));
  server.addService(EventsService, receiver(onEvent));
  return { address: `127.0.0.1:${await listen(server)}`, close: () => server.forceShutdown() };
}
