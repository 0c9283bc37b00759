/** Settings of what keeps data: stores, managed or in the cluster, and the broker. */
import { z } from "zod";
import { duration, size } from "./scalars";

const instances = z.int().min(1).max(5);

/** Slot of the network's data tier that a managed store owns: its addresses mean this store and no other. */
const IN_PRIVATE = "the slot, 0 to 15, of the network's private data subnets that this store alone is in";
const slot = z.custom<number>(
  (value) => typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 15,
  `${IN_PRIVATE}: a managed store has no other address`,
);

/** Class of the volumes. Absent: the cluster's default, which is encrypted with a key of ours. */
const volumeClass = z.string().optional();

/** Whoever votes must not be able to tie. */
const odd = (what: string) =>
  z.int().refine((count) => count % 2 === 1, `an odd number of ${what}: an even one can tie`);

/** Continuous backup to object storage: what a region's loss costs at most is one segment of the log. */
const archive = z.strictObject({
  retention: duration("30 days").default("30 days"),
  /** Raised by one whenever the store is made anew: an archive takes one history only. */
  generation: z.int().min(1).default(1),
  /** The archive to recover from, instead of an empty database. */
  from: z.strictObject({ region: z.string(), generation: z.int().min(1) }).optional(),
});

const postgresInCluster = z.strictObject({
  flavour: z.literal("cloudnative-pg"),
  instances,
  disk: size("10 GiB"),
  volumeClass,
  /** Replicas of PgBouncer in front of it. Absent: clients connect directly. */
  pooler: z.strictObject({ instances }).optional(),
  archive: archive.optional(),
});

const valkey = z.strictObject({
  flavour: z.literal("valkey"),
  replicas: z.int().min(0).max(4),
  memory: size("128 MiB"),
  /** Sentinel beside every member: the others elect another primary when it is lost. Data is kept on disk then, links are TLS. */
  failover: z.strictObject({ disk: size("1 GiB"), volumeClass }).optional(),
});

const watchedValkey = valkey.refine(
  ({ replicas, failover }) => failover === undefined || (replicas >= 2 && replicas % 2 === 0),
  { message: "2 or 4 replicas: with the primary they vote, and an even number of votes can tie", path: ["replicas"] },
);

const rds = z.strictObject({
  flavour: z.literal("rds"),
  slot,
  class: z.string().regex(/^db\./, `an instance class such as "db.t4g.medium"`),
  disk: size("50 GiB"),
  multiZone: z.boolean(),
  backups: duration("14 days").default("14 days"),
});

const elastiCache = z.strictObject({
  flavour: z.literal("elasticache"),
  slot,
  class: z.string().regex(/^cache\./, `a node class such as "cache.t4g.small"`),
  replicas: z.int().min(0).max(5),
});

/** Azure Database for PostgreSQL. Its keys are those of `rds`: a change of cloud changes flavour and class. */
const flexibleServer = z.strictObject({
  flavour: z.literal("flexible-server"),
  slot,
  class: z.string().regex(/^Standard_[BDE]/, `a machine size such as "Standard_D2ds_v5"`),
  disk: size("64 GiB"),
  multiZone: z.boolean(),
  backups: duration("14 days").default("14 days"),
  /** Extensions that may be created there. */
  extensions: z.array(z.string()).default([]),
  /** The lost region's database to come back from, by its geo-redundant backup, instead of an empty one. */
  from: z.strictObject({ region: z.string(), at: z.iso.datetime() }).optional(),
});

/** Azure Managed Redis. A second node in another zone takes over; without it a lost node loses what it held. */
const managedRedis = z.strictObject({
  flavour: z.literal("managed-redis"),
  slot,
  class: z
    .string()
    .regex(
      /^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X)\d+$/,
      `a size such as "Balanced_B5" or "MemoryOptimized_M10"`,
    ),
  multiZone: z.boolean(),
});

export const awsStore = z.discriminatedUnion("flavour", [postgresInCluster, rds, watchedValkey, elastiCache]);

export const azureStore = z.discriminatedUnion("flavour", [
  postgresInCluster,
  flexibleServer,
  watchedValkey,
  managedRedis,
]);

/** Flavours by cloud, as their schemas have them. */
export const OFFERS = {
  aws: ["rds", "elasticache", "cloudnative-pg", "valkey"],
  azure: ["flexible-server", "managed-redis", "cloudnative-pg", "valkey"],
} as const satisfies {
  readonly aws: readonly z.infer<typeof awsStore>["flavour"][];
  readonly azure: readonly z.infer<typeof azureStore>["flavour"][];
};

export const broker = z.strictObject({
  flavour: z.literal("rabbitmq"),
  /** Quorum queues are kept on a majority of the nodes. */
  nodes: odd("nodes").min(1).max(7),
  disk: size("10 GiB"),
  memory: size("1 GiB").default("1 GiB"),
  volumeClass,
});
