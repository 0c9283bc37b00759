/** What a stack on AWS may set of its cloud, network, cluster and backups. */
import { z } from "zod";
import { cidr, duration, size } from "../scalars";

const accountId = z.string().regex(/^\d{12}$/, "twelve digits in quotes");

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, `a region such as "eu-west-1"`);

const databaseBackup = z
  .string()
  .regex(/^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:auto-backup:ab-[a-z0-9]+$/, "the ARN of an automated backup");

/** What a stack of role `recovery` stands in for. `keelson drill` writes this; nobody has to find it by hand. */
export const recovers = z.strictObject({
  /** The lost region. */
  region,
  /** What each managed database comes back from: its automated backup in this stack's region, by store. */
  databases: z.record(z.string(), databaseBackup).default({}),
  /** Until the data is back nothing acts by itself: Argo CD does not sync, no backup begins. */
  restored: z.boolean().default(false),
});

/** Where the stack runs. Every call to another account is refused by the provider. */
export const cloud = z.strictObject({
  provider: z.literal("aws"),
  region,
  /** The one account this stack may touch: a wrong profile must not hit production. */
  account: accountId,
  /** Zones by name: a preview needs no credentials to know them. */
  zones: z.array(z.string()).length(3, "three zones: quorums and spreads rely on them"),
});

export const network = z.strictObject({
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

export const cluster = z.strictObject({
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

export const backup = z.strictObject({
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
