/**
 * Every key a stack may set, its type, its default and its limits: the one schema of `Pulumi.<stack>.yaml`. Stage, region
 * and role are data here; nothing else in the program asks which stage it is.
 */
import { z } from "zod";
import { accountId, cidr, cpu, duration, hostName, image, name, rate, size } from "./schema-parts";
import { broker, store } from "./schema-data";
import { edge } from "./schema-edge";
import { monitoring } from "./schema-monitoring";

/** Where the stack runs. Every call to another account is refused by the provider. */
const cloud = z.strictObject({
  provider: z.literal("aws"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, `a region such as "eu-west-1"`),
  /** The one account this stack may touch: a wrong profile must not hit production. */
  account: accountId,
  /** Zones by name: a preview needs no credentials to know them. */
  zones: z.array(z.string()).length(3, "three zones: quorums and spreads rely on them"),
});

const network = z.strictObject({
  cidr,
  /** Addresses of Services inside the cluster. Must not overlap the network. */
  services: cidr.default("172.20.0.0/16"),
  /** One NAT gateway costs less, one per zone survives a zone. */
  nat: z.enum(["one", "perZone"]),
  flowLogs: duration("30 days").default("30 days"),
});

const access = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("private") }),
  z.strictObject({ mode: z.literal("restricted"), ranges: z.array(cidr).min(1) }),
]);

const cluster = z.strictObject({
  version: z.string().regex(/^1\.\d+$/, `a Kubernetes version such as "1.35"`),
  access,
  nodes: z
    .strictObject({
      type: z.string(),
      min: z.int().min(1),
      max: z.int().max(100),
      disk: size("50 GiB").default("50 GiB"),
    })
    .refine(({ min, max }) => min <= max, "min at most max"),
  logs: duration("90 days").default("90 days"),
  /** IAM role of the account that applies the platform; nobody else administers the cluster. */
  deployRole: z.string(),
  /** IAM role that sees everything but secrets. */
  readOnlyRole: z.string().optional(),
});

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

const backup = z.strictObject({
  daily: duration("30 days").default("30 days"),
  weekly: duration("90 days").default("90 days"),
  /** Object lock: nobody deletes a backup before. Never longer than the shortest retention. */
  lock: z
    .discriminatedUnion("mode", [
      z.strictObject({ mode: z.literal("none") }),
      z.strictObject({ mode: z.enum(["governance", "compliance"]), for: duration("7 days") }),
    ])
    .default({ mode: "none" }),
  /** Region that holds a copy. */
  replicateTo: z.string().optional(),
  /** When a restore of the newest daily backup is tried, as a cron line in UTC. */
  validate: z.string().default("0 6 * * 1"),
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

export const schema = z.strictObject({
  system: z.string(),
  stage: name,
  role: z.enum(["primary", "recovery"]).default("primary"),
  /** Part of names that must be unique in the world, such as buckets'. */
  organisation: name,
  owner: z.string(),
  costCentre: z.string(),
  cloud,
  network,
  cluster,
  edge,
  stores: z.record(z.string(), store),
  /** Where topics live. */
  broker: broker.optional(),
  services: z.record(z.string(), service).default({}),
  backup: backup.prefault({}),
  monitoring: monitoring.optional(),
  delivery: delivery.default({ by: "pulumi" }),
  protection: protection.default({ mode: "retain" }),
});

export type Settings = Readonly<z.infer<typeof schema>> & { readonly stack: string };
export type StoreSettings = Settings["stores"][string];
