/**
 * The engine's events, as far as keelson reads them. Only what is named here gets through: debug diagnostics carry the
 * program's secrets in plain text, and inputs and outputs are nobody's business but the engine's.
 */

export type EngineEvent =
  | { readonly kind: "begins" | "done" | "failed"; readonly op: string; readonly urn: string; readonly type: string }
  | {
      readonly kind: "diagnostic";
      readonly severity: "info" | "warning" | "error";
      readonly urn: string;
      readonly message: string;
    }
  | {
      readonly kind: "violation";
      readonly urn: string;
      readonly policy: string;
      readonly level: string;
      readonly message: string;
    }
  | { readonly kind: "outputs"; readonly changed: boolean }
  | { readonly kind: "summary"; readonly changes: Readonly<Record<string, number>>; readonly seconds: number };

interface Outputs {
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Step {
  readonly metadata: {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly old?: Outputs | null;
    readonly new?: Outputs | null;
  };
}

/** The engine's own JSON, only the members used here. */
interface RawEvent {
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly prefix?: string;
    readonly message: string;
    readonly severity: string;
    readonly ephemeral?: boolean;
  };
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly message: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
  };
  readonly summaryEvent?: { readonly durationSeconds: number; readonly resourceChanges?: Record<string, number> };
  readonly resourcePreEvent?: Step;
  readonly resOutputsEvent?: Step;
  readonly resOpFailedEvent?: Step;
}

const severities: Readonly<Record<string, "info" | "warning" | "error">> = {
  info: "info",
  "info#err": "info",
  warning: "warning",
  error: "error",
};

/** Terminal colours as escape sequences, and as the engine's own `<{%…%}>` marks. */
export const plain = (text: string): string => text.replace(/<\{%[^%]*%\}>|\u001b\[[0-9;]*m/g, "").trim();

function diagnostic(raw: NonNullable<RawEvent["diagnosticEvent"]>): EngineEvent | undefined {
  const severity = severities[raw.severity];
  if (severity === undefined || raw.ephemeral === true) return undefined;
  const message = plain(raw.message);
  return message === "" ? undefined : { kind: "diagnostic", severity, urn: raw.urn ?? "", message };
}

const step = (kind: "begins" | "done" | "failed", { metadata }: Step): EngineEvent => {
  const { op, urn, type } = metadata;
  return { kind, op, urn, type };
};

/** A stack whose outputs alone differ counts as `same` in the engine's summary. Secret ones compare as masks. */
function stackOutputs({ metadata }: Step): EngineEvent {
  const text = (side: Outputs | null | undefined): string =>
    JSON.stringify(Object.entries(side?.outputs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { kind: "outputs", changed: text(metadata.old) !== text(metadata.new) };
}

const done = (raw: Step): EngineEvent =>
  raw.metadata.type === "pulumi:pulumi:Stack" ? stackOutputs(raw) : step("done", raw);

/** One line of the engine's stream; undefined when it holds nothing we may look at. */
export function parseEvent(line: string): EngineEvent | undefined {
  const raw = JSON.parse(line) as RawEvent;
  if (raw.diagnosticEvent) return diagnostic(raw.diagnosticEvent);
  if (raw.resourcePreEvent) return step("begins", raw.resourcePreEvent);
  if (raw.resOutputsEvent) return done(raw.resOutputsEvent);
  if (raw.resOpFailedEvent) return step("failed", raw.resOpFailedEvent);
  if (raw.policyEvent) {
    const { resourceUrn, policyName, enforcementLevel, message } = raw.policyEvent;
    return {
      kind: "violation",
      urn: resourceUrn ?? "",
      policy: policyName,
      level: enforcementLevel,
      message: plain(message),
    };
  }
  const summary = raw.summaryEvent;
  return summary && { kind: "summary", changes: summary.resourceChanges ?? {}, seconds: summary.durationSeconds };
}
