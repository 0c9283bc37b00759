/** Whether what holds data outlives the stack. Keeping is the default everywhere; giving it up names what is lost. */
import type * as pulumi from "@pulumi/pulumi";

export type Protection =
  /** `destroy` refuses; and even when forced, the data stays in the cloud and only leaves the stack's state. */
  | { readonly mode: "retain" }
  /** `destroy` deletes the data for good, without a last copy. `loses` says what that is, in a sentence. */
  | { readonly mode: "disposable"; readonly loses: string };

export const RETAIN: Protection = { mode: "retain" };

export const keeps = ({ mode }: Protection): boolean => mode === "retain";

/** Resource options of what holds data. */
export const protectionOptions = (
  protection: Protection,
): Pick<pulumi.CustomResourceOptions, "protect" | "retainOnDelete"> =>
  keeps(protection) ? { protect: true, retainOnDelete: true } : {};
