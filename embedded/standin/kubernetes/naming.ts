/** Names and field managers of objects. A nameless object is named as the real provider does it, and marked so. */
import { createHash } from "node:crypto";
import { isProperties, isUnknown, type Properties } from "../values";
import { annotation, at, record, textAt, withField } from "./fields";

export const AUTONAMED = "pulumi.com/autonamed";

interface Nameless {
  /** The resource's name in the program. */
  readonly name: string;
  readonly seed: Uint8Array;
  readonly olds: Properties;
  readonly news: Properties;
}

/** Inputs with a name: the program's, the one given last time, or a new one with eight random digits. */
export function named({ name, seed, olds, news }: Nameless): Properties {
  if (isNamed(news) || isUnknown(news["metadata"])) return news;
  if (isAutonamed(olds)) return autonamed(news, textAt(olds, "metadata", "name"));
  if (Object.keys(olds).length > 0 && isNamed(olds)) return news;
  const digits = createHash("sha256").update(seed).update(name).digest("hex").slice(0, 8);
  return autonamed(news, `${name}-${digits}`);
}

export const isAutonamed = (inputs: Properties): boolean => annotation(inputs, AUTONAMED) === "true";

const isNamed = (inputs: Properties): boolean => textAt(inputs, "metadata", "name") !== "";

function autonamed(inputs: Properties, name: string): Properties {
  const metadata = { ...record(inputs, "metadata"), name };
  const annotations = at(metadata, "annotations");
  if (annotations !== undefined && !isProperties(annotations)) return { ...inputs, metadata };
  return withField({ ...inputs, metadata }, ["metadata", "annotations", AUTONAMED], "true");
}

/**
 * Who applies the fields of this resource. It is made from the URN, so that a run that was killed between creating an
 * object and recording it recognises the object as its own.
 */
export function fieldManager(urn: string, inputs: Properties, outputs: Properties = {}): string {
  const asked = annotation(inputs, "pulumi.com/patchFieldManager");
  const digits = createHash("sha256").update(urn).digest("hex").slice(0, 8);
  return asked || textAt(outputs, "__fieldManager") || `pulumi-kubernetes-${digits}`;
}
