/** Messages between Velero and an object store plugin, as `ObjectStore.proto` of Velero 1.18 has them. Only what is used. */
import { BinaryReader, BinaryWriter } from "google-protobuf";

/** Where in a store. Field numbers: bucket 2, and key, prefix or delimiter after it. */
export interface Asked {
  readonly bucket: string;
  /** Field 3: a key, or a prefix; of a listing by folder, the delimiter. */
  readonly third: string;
  /** Field 4 as text: the prefix of a listing by folder. */
  readonly fourth: string;
  /** Field 4 as bytes: a part of an object. */
  readonly body: Uint8Array;
  /** Field 2 of a first message: what the location's `config` says. */
  readonly config: Readonly<Record<string, string>>;
}

/** The first message, whose second field is a map. */
export function readInit(message: Uint8Array): Asked {
  const config: Record<string, string> = {};
  eachField(message, (reader) => {
    if (reader.getFieldNumber() !== 2) return reader.skipField();
    const [name, value] = readEntry(reader.readBytes());
    config[name] = value;
  });
  return { bucket: "", third: "", fourth: "", body: new Uint8Array(), config };
}

function readEntry(entry: string | Uint8Array): readonly [string, string] {
  let [name, value] = ["", ""];
  eachField(bytesOf(entry), (reader) => {
    if (reader.getFieldNumber() === 1) name = reader.readString();
    else value = reader.readString();
  });
  return [name, value];
}

const bytesOf = (value: string | Uint8Array): Uint8Array =>
  typeof value === "string" ? Buffer.from(value, "base64") : value;

export function readAsked(message: Uint8Array): Asked {
  const fields = new Map<number, Uint8Array>();
  eachField(message, (reader) => {
    if (reader.getWireType() === 2) fields.set(reader.getFieldNumber(), bytesOf(reader.readBytes()));
    else reader.skipField();
  });
  const text = (field: number): string => Buffer.from(fields.get(field) ?? []).toString("utf8");
  const body = fields.get(4) ?? new Uint8Array();
  return { bucket: text(2), third: text(3), fourth: text(4), body, config: {} };
}

function eachField(message: Uint8Array, read: (reader: BinaryReader) => void): void {
  const reader = new BinaryReader(message);
  while (reader.nextField() && !reader.isEndGroup()) read(reader);
}

export const EMPTY = new Uint8Array();

export function writeTexts(texts: readonly string[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.writeRepeatedString(1, [...texts]);
  return writer.getResultBuffer();
}

export function writeBytes(bytes: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  writer.writeBytes(1, bytes);
  return writer.getResultBuffer();
}

export function writeTrue(value: boolean): Uint8Array {
  const writer = new BinaryWriter();
  writer.writeBool(1, value);
  return writer.getResultBuffer();
}

/** What a file holds: one object store, by the name that locations ask for. */
export function writePlugin(command: string, name: string): Uint8Array {
  const plugin = new BinaryWriter();
  plugin.writeString(1, command);
  plugin.writeString(2, "ObjectStore");
  plugin.writeString(3, name);
  return writeBytes(plugin.getResultBuffer());
}

/** SERVING, as gRPC's health protocol says it. */
export function writeServing(): Uint8Array {
  const writer = new BinaryWriter();
  writer.writeEnum(1, 1);
  return writer.getResultBuffer();
}
