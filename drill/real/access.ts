/**
 * How the drill reaches real clusters and the state of the stack it makes: a file that whoever rehearses writes, because no
 * setting of a stack says where somebody's credentials lie. Refuses what is missing with all problems at once.
 */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { InvalidInput } from "../../graph/problems";

const cluster = z.strictObject({
  /** Path of a kubeconfig. It may name a program that gets a token, such as `aws eks get-token`. */
  kubeconfig: z.string(),
  /** @default - the file's current one */
  context: z.string().optional(),
});

const schema = z.strictObject({
  /** Read only; after the step in which the region is lost nothing asks it any more. */
  primary: cluster,
  /** Of the throw-away stack. Its kubeconfig may be written by `pulumi up`: it is read after that. */
  recovery: z.strictObject({
    ...cluster.shape,
    /** As `pulumi login` takes it: `s3://acme-state?region=eu-central-1`. It must not lie in the primary's region. */
    backend: z.string(),
    /** As `pulumi stack init` takes it: `awskms://alias/state?region=eu-central-1`, `passphrase`. */
    secrets: z.string(),
    /** Zones of the region that stands in, three of them. */
    zones: z.array(z.string()).length(3),
    /** What managed databases come back from, by store. `aws rds describe-db-instance-automated-backups` names them. */
    databases: z.record(z.string(), z.string()).default({}),
  }),
  /** The Pulumi CLI. @default "pulumi" on PATH */
  engine: z.string().default("pulumi"),
  /** Where the copied bucket is asked for its region and the time. @default - the cloud's own address */
  objectStore: z.url().optional(),
  /** Whether each route is asked through the new load balancer. @default true */
  requests: z.boolean().default(true),
  /** Who stands in for the account, for the report. @default - it is a real one */
  standIn: z.string().optional(),
});

export type Access = Readonly<z.infer<typeof schema>>;

/** @throws InvalidInput when the file is missing or wrong. */
export function readAccess(path: string): Access {
  if (!existsSync(path)) throw new InvalidInput([missing(path)]);
  const read = schema.safeParse(yaml(path));
  if (read.success) return read.data;
  throw new InvalidInput(
    read.error.issues.map(({ path: at, message }) => ({
      where: `${path}: ${at.map(String).join(".")}`,
      got: "what does not fit",
      want: message,
      mend: "docs/region-loss.md has a whole file as an example",
    })),
  );
}

function yaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InvalidInput([
      { where: path, got: String(error).split("\n")[0] ?? "", want: "YAML", mend: "correct the line it names" },
    ]);
  }
}

const missing = (path: string) => ({
  where: "--access",
  got: `no file ${path}`,
  want: "a file that says how to reach both clusters and the state",
  mend: "write it as docs/region-loss.md shows",
});
