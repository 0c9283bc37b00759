/**
 * Every key a stack may set, its type, its default and its limits: the one schema of `Pulumi.<stack>.yaml`. Stage, region
 * and role are data here; nothing else in the program asks which stage it is. What a stack may say of its cloud, network,
 * cluster and backups is each cloud's own: a key of one does not parse on another.
 */
import { z } from "zod";
import * as aws from "./aws/schema";
import * as azure from "./azure/schema";
import { cpu, duration, hostName, image, name, rate, size } from "./scalars";
import { awsStore, azureStore, broker } from "./schema-data";
import { edge } from "./schema-edge";
import { awsLogs, azureLogs, monitoring } from "./schema-monitoring";

const resources = z.strictObject({
  requests: z.strictObject({ cpu, memory: size("64 MiB") }),
  limits: z.strictObject({ cpu, memory: size("128 MiB") }),
});

/** How a new version takes over. */
const rollout = z.discriminatedUnion("strategy", [
  z.strictObject({ strategy: z.literal("rolling") }),
  z.strictObject({
    strategy: z.literal("canary"),
    /** Weights of the new version, in percent, one after the other. */
    weights: z.array(z.int().min(1).max(99)).min(1),
    pause: duration("5 minutes"),
    /** Share of answers below 500 under which the new version is withdrawn, in percent. */
    success: z.number().min(50).max(100).default(99),
  }),
  z.strictObject({ strategy: z.literal("blueGreen"), promote: z.enum(["automatic", "manual"]) }),
]);

const service = z.strictObject({
  image: image.optional(),
  scale: z
    .strictObject({
      min: z.int().min(1),
      max: z.int().min(1),
      cpu: z.int().min(10).max(95).default(70),
      memory: z.int().min(10).max(95).optional(),
    })
    .optional(),
  resources: resources.optional(),
  rollout: rollout.default({ strategy: "rolling" }),
  limit: rate.optional(),
});

const delivery = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("pulumi") }),
  z.strictObject({
    by: z.literal("argocd"),
    repository: z.strictObject({
      url: z.string().regex(/^(https:\/\/|git@|ssh:\/\/)/, "an https or ssh address of a Git repository"),
      path: z.string().default("rendered"),
      revision: z.string().default("main"),
      /** Whose webhooks announce a push; with `none` changes are polled for every three minutes. */
      webhook: z.enum(["none", "github", "gitlab"]).default("none"),
    }),
    /** OpenID Connect provider that people sign in with. */
    signOn: z.strictObject({
      host: hostName,
      issuer: z.url({ protocol: /^https$/ }),
      clientId: z.string(),
      admins: z.string(),
    }),
  }),
]);

/** Whether stateful things outlive the stack. */
const protection = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("retain") }),
  z.strictObject({
    mode: z.literal("disposable"),
    /** Says what `down` destroys for good. */
    loses: z.string().min(10, "a sentence that says what is lost"),
    /** The stack's name, once more: without it production is never disposable. */
    confirms: z.string().optional(),
  }),
]);

/** Whose stack it is and where it stands. */
const who = {
  system: z.string(),
  stage: name,
  role: z.enum(["primary", "recovery"]).default("primary"),
  /** Part of names that must be unique in the world, such as buckets'. */
  organisation: name,
  owner: z.string(),
  costCentre: z.string(),
};

const services = z.record(z.string(), service).default({});

const how = {
  /** Where topics live. */
  broker: broker.optional(),
  monitoring: monitoring.optional(),
  delivery: delivery.default({ by: "pulumi" }),
  protection: protection.default({ mode: "retain" }),
};

export const SCHEMAS = {
  aws: z.strictObject({
    ...who,
    recovers: aws.recovers.optional(),
    cloud: aws.cloud,
    network: aws.network,
    cluster: aws.cluster,
    edge,
    stores: z.record(z.string(), awsStore),
    services,
    backup: aws.backup.prefault({}),
    logs: awsLogs.optional(),
    ...how,
  }),
  azure: z.strictObject({
    ...who,
    recovers: azure.recovers.optional(),
    cloud: azure.cloud,
    network: azure.network,
    cluster: azure.cluster,
    edge: azure.edge,
    stores: z.record(z.string(), azureStore),
    services,
    backup: azure.backup.prefault({}),
    logs: azureLogs.optional(),
    ...how,
  }),
} as const;

export type Provider = keyof typeof SCHEMAS;

/** `provider` stands at the top as well: it tells the shapes apart. */
type On<P extends Provider> = Readonly<z.infer<(typeof SCHEMAS)[P]>> & { readonly stack: string; readonly provider: P };

export type AwsSettings = On<"aws">;
export type AzureSettings = On<"azure">;
export type Settings = AwsSettings | AzureSettings;
export type StoreSettings = Settings["stores"][string];
