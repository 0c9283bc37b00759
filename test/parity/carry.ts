/**
 * Carries a stack to another cloud or another edge: what a file says of its cloud, network, cluster and backups comes from a
 * stack that is there already, all else stays as it is. Where the program then refuses a setting, it gives way as the
 * program demands; what gave way shows among the settings that are compared, and so must be named.
 */
import { z } from "zod";
import { InvalidInput, type Problem } from "../../graph/problems";
import { type Provider, SCHEMAS, type Settings } from "../../stacks/schema";
import { type Raw, readSettings } from "../../stacks/settings";
import { readStackFile } from "../../stacks/stack-file";
import { ROOT } from "../architecture/sources";
import { LARGE, SMALL } from "../components/azure/settings";
import type { Place } from "./combinations";

/** Edges that a stack on a cloud may name, as its schema has them. */
export function edgesOf(cloud: Provider): readonly string[] {
  const { kind } = SCHEMAS[cloud].shape.edge.shape;
  return kind instanceof z.ZodLiteral ? [...kind.values] : [...kind.options];
}

/** Settings without what only says how they were read. */
const rawOf = (settings: Settings): Raw => {
  const rest: Record<string, unknown> = { ...settings };
  delete rest["stack"];
  delete rest["provider"];
  return rest;
};

/** A stack on each cloud, small and large, for what a stack from elsewhere cannot say of it. */
const NATIVES: Readonly<Record<Provider, { readonly small: Raw; readonly large: Raw }>> = {
  aws: { small: rawOf(readStackFile(ROOT, "dev")), large: rawOf(readStackFile(ROOT, "prod")) },
  azure: { small: SMALL, large: LARGE },
};

/** What a cloud is asked for in its own words. */
const OWN = ["cloud", "network", "cluster"] as const;

/** What every cloud calls the same in `backup`. */
const SHARED_BACKUP = ["daily", "weekly", "validate"] as const;

/** @throws InvalidInput with what the program does not allow there. */
export function carry(origin: Settings, { cloud, edge, routes }: Place): Settings {
  const raw = rawOf(origin);
  const moved = origin.provider === cloud ? raw : moveTo(cloud, raw, origin.stage);
  const stays = origin.provider === cloud && origin.edge.kind === edge;
  const others = stays ? {} : EDGES[edge]?.(origin.stage);
  return yielding(origin.stack, { ...moved, edge: { ...objectAt(moved, "edge"), ...others, kind: edge, routes } });
}

/** What an edge is asked for in its own words, by a stack that had another, or had it elsewhere. */
const EDGES: Readonly<Record<string, (stage: string) => Raw>> = {
  alb: (stage) => ({ waf: objectAt(nativeOf("aws", stage), "edge")["waf"] }),
  kong: () => ({ certificates: { email: "platform@example.com" }, waf: false }),
};

const nativeOf = (cloud: Provider, stage: string): Raw => NATIVES[cloud][stage === "dev" ? "small" : "large"];

function moveTo(cloud: Provider, raw: Raw, stage: string): Raw {
  const native = nativeOf(cloud, stage);
  const own = Object.fromEntries(OWN.map((key) => [key, native[key]]));
  const shared = Object.fromEntries(SHARED_BACKUP.map((key) => [key, objectAt(raw, "backup")[key]]));
  const zone = { ...objectAt(objectAt(native, "edge"), "zone"), name: objectAt(objectAt(raw, "edge"), "zone")["name"] };
  return {
    ...raw,
    ...own,
    backup: { ...objectAt(native, "backup"), ...shared },
    edge: { ...objectAt(raw, "edge"), zone },
  };
}

const objectAt = (raw: Raw, key: string): Raw => (raw[key] ?? {}) as Raw;

/** What gives way to which refusal. */
interface Concession {
  readonly to: (problem: Problem) => boolean;
  /** @param path of the setting that is refused, without the namespace. */
  readonly give: (raw: Raw, path: readonly string[]) => Raw;
}

const CONCESSIONS: readonly Concession[] = [
  { to: ({ got }) => got === "a key that does not exist", give: (raw, path) => without(raw, path) },
  { to: ({ where }) => where.endsWith(".flavour"), give: (raw, path) => inCluster(raw, path) },
  {
    to: ({ where }) => where.endsWith(".rollout.strategy"),
    give: (raw, path) => written(raw, path.slice(0, -1), BLUE),
  },
];

const BLUE = { strategy: "blueGreen", promote: "manual" };

/** Reads settings; what is refused and may give way does, until nothing more can. */
function yielding(stack: string, raw: Raw): Settings {
  try {
    return readSettings(stack, raw);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const next = error.problems.reduce(conceding, raw);
    if (next === raw) throw error;
    return yielding(stack, next);
  }
}

const conceding = (raw: Raw, problem: Problem): Raw => {
  const path = problem.where.replace(/^.*: keelson:/, "").split(".");
  return CONCESSIONS.find(({ to }) => to(problem))?.give(raw, path) ?? raw;
};

/** A managed flavour that is another cloud's becomes the store in the cluster that stands for the same kind. */
function inCluster(raw: Raw, path: readonly string[]): Raw {
  const store = path.slice(0, -1);
  const { flavour, disk } = objectAt(objectAt(raw, "stores"), store[1] ?? "");
  const postgres = { flavour: "cloudnative-pg", instances: 3, disk, archive: { retention: "30 days" } };
  const valkey = { flavour: "valkey", replicas: 2, memory: "512 MiB", failover: { disk: "2 GiB" } };
  return written(raw, store, flavour === "rds" ? postgres : valkey);
}

const written = (raw: Raw, [key = "", ...rest]: readonly string[], value: unknown): Raw => ({
  ...raw,
  [key]: rest.length === 0 ? value : written(objectAt(raw, key), rest, value),
});

function without(raw: Raw, [key = "", ...rest]: readonly string[]): Raw {
  if (rest.length > 0) return { ...raw, [key]: without(objectAt(raw, key), rest) };
  return Object.fromEntries(Object.entries(raw).filter(([name]) => name !== key));
}
