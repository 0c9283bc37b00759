/** Shapes of AWS identifiers. */
import type { Minting } from "../types";
import { isProperties, type Properties, type Value } from "../values";

type Mint = (minting: Minting) => string;

/** `vpc-0a1b2c3d4e5f60718`. */
export const hexId =
  (prefix: string): Mint =>
  ({ hex }) =>
    `${prefix}-0${hex(16)}`;

export const uuid: Mint = ({ hex }) =>
  [hex(8, "a"), hex(4, "b"), `4${hex(3, "c")}`, `8${hex(3, "d")}`, hex(12, "e")].join("-");

/** The value of an input, as text. */
export const input =
  (name: string): Mint =>
  ({ inputs }) =>
    String(inputs[name] ?? "");

/** Values of several inputs, joined: `cluster:nodegroup`. */
export const joined =
  (separator: string, ...names: string[]): Mint =>
  ({ inputs }) =>
    names.map((name) => String(inputs[name] ?? "")).join(separator);

/** `arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0…`. */
export const regionalArn =
  (service: string, path: Mint): Mint =>
  (m) =>
    `arn:${m.partition}:${service}:${m.region}:${m.account}:${path(m)}`;

/** `arn:aws:iam::123456789012:role/name`. */
export const globalArn =
  (service: string, path: Mint): Mint =>
  (m) =>
    `arn:${m.partition}:${service}::${m.account}:${path(m)}`;

export const ec2Arn = (kind: string): Mint => regionalArn("ec2", ({ id }) => `${kind}/${id}`);

/** Upper-case letters and digits, as in hosted zone ids. */
export const upper = (length: number, { hex }: Minting, purpose = ""): string => hex(length, purpose).toUpperCase();

/** A nested block, empty when absent. */
export const block = (value: Value | undefined): Properties => (isProperties(value) ? value : {});

/** An address inside documentation's public range 203.0.113.0/24 and its neighbours. */
export const publicIp = ({ hex }: Minting): string =>
  `203.0.${113 + (parseInt(hex(1, "net"), 16) % 4)}.${(parseInt(hex(4, "host"), 16) % 254) + 1}`;
