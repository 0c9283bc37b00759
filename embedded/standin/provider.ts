/**
 * What a stand-in provider is: handlers with plain values, as the engine's protocol has them (old inputs, the preview
 * flag, the random seed, ignored changes). `server.ts` serves one as a plugin. A handler refuses by throwing: `Refused`
 * for a plain error, `InitFailed` for an object that exists but is not ready.
 */
import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { Difference } from "./diff";
import type { Properties } from "./values";

/** The resource a request is about. */
export interface Subject {
  readonly urn: string;
  /** Such as `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
}

export interface CheckRequest extends Subject {
  /** The inputs recorded last time; empty for a new resource. */
  readonly olds: Properties;
  readonly news: Properties;
  /** The same for every attempt at the same new resource: what names are made from. */
  readonly seed: Uint8Array;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  readonly inputs: Properties;
  readonly failures?: readonly CheckFailure[];
}

export interface DiffRequest extends Subject {
  readonly id: string;
  /** Outputs recorded last time. */
  readonly olds: Properties;
  readonly oldInputs: Properties;
  readonly news: Properties;
  readonly ignoreChanges: readonly string[];
}

export interface CreateRequest extends Subject {
  readonly inputs: Properties;
  readonly preview: boolean;
  readonly timeoutSeconds: number;
}

/** `id` may be empty at preview only. */
export interface Created {
  readonly id: string;
  readonly properties: Properties;
}

export interface ReadRequest extends Subject {
  readonly id: string;
  /** Outputs recorded last time; empty at import. */
  readonly olds: Properties;
  /** Inputs recorded last time; empty at import. */
  readonly inputs: Properties;
}

export interface ReadResult {
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;
}

export interface UpdateRequest extends Subject {
  readonly id: string;
  readonly olds: Properties;
  readonly oldInputs: Properties;
  readonly news: Properties;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
  readonly timeoutSeconds: number;
}

export interface DeleteRequest extends Subject {
  readonly id: string;
  readonly olds: Properties;
  readonly oldInputs: Properties;
  readonly timeoutSeconds: number;
}

export interface InvokeRequest {
  readonly token: string;
  readonly args: Properties;
  readonly preview: boolean;
}

export interface InvokeResult {
  readonly result: Properties;
  readonly failures?: readonly CheckFailure[];
}

export interface ConfigureRequest {
  /** URN of the provider resource itself. */
  readonly urn: string;
  /** Nested values arrive as JSON text: read them with `json`. */
  readonly args: Properties;
}

type Answer<T> = T | Promise<T>;

export interface Provider {
  readonly version: string;
  /** Default: inputs as they are. */
  checkConfig?(request: CheckRequest): Answer<CheckResult>;
  /** Default: a changed input is an update, never a replacement. */
  diffConfig?(request: DiffRequest): Answer<Difference>;
  configure?(request: ConfigureRequest): Answer<void>;
  check(request: CheckRequest): Answer<CheckResult>;
  diff(request: DiffRequest): Answer<Difference>;
  create(request: CreateRequest): Answer<Created>;
  /** Undefined: the object is gone. */
  read(request: ReadRequest): Answer<ReadResult | undefined>;
  update(request: UpdateRequest): Answer<Properties>;
  delete(request: DeleteRequest): Answer<void>;
  invoke(request: InvokeRequest): Answer<InvokeResult>;
  /** Multi-language components (`helm.v4.Chart`) register children themselves, so they get the raw messages. */
  construct?(request: ConstructRequest, engineAddress: string): Answer<ConstructResponse>;
  /** Ctrl-C: end waits early. */
  cancel?(): void;
}

/** An error whose message is the whole story: no stack is shown. */
export class Refused extends Error {}

/** The object exists but did not become ready: the engine records it, and tries to update it next time. */
export class InitFailed extends Error {
  constructor(
    readonly object: ReadResult,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
  }
}
