/** Decides what a flexible server is made of, as data: tier, disk, configuration; and what Azure would refuse. */
import { type Problem } from "../../graph/problems";
import { days, type Duration, gibibytes, type Size } from "../../graph/units";

export interface FlexibleServerSettings {
  /** The store's name in the graph. */
  readonly store: string;
  /** Such as `Standard_D2ds_v5`. A change restarts the server. */
  readonly class: string;
  /** One of Azure's sizes. Grows, never shrinks. */
  readonly disk: Size;
  /** Whether a second server in another zone takes over within about two minutes. Doubles the cost. */
  readonly multiZone: boolean;
  /** How far back a restore to any moment reaches: 7 to 35 days. */
  readonly backups: Duration;
}

const TIERS = { B: "Burstable", D: "GeneralPurpose", E: "MemoryOptimized" } as const;

/** The tier follows from the size: Azure wants both. */
export const tierOf = (size: string): string => TIERS[/^Standard_([BDE])/.exec(size)?.[1] as keyof typeof TIERS];

/** Sizes of the disks below a server, in GiB. @see https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/concepts-storage */
const DISKS = [32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_767] as const;

/** Everything Azure would refuse, at once. */
export function flexibleServerProblems(where: string, settings: FlexibleServerSettings): readonly Problem[] {
  const { disk, backups, multiZone } = settings;
  const size = gibibytes(disk);
  const larger = DISKS.find((one) => one >= size) ?? DISKS[DISKS.length - 1];
  return [
    ...unless(DISKS.includes(size as (typeof DISKS)[number]), {
      where: `${where}.disk`,
      got: disk,
      want: `a size that Azure has: ${DISKS.join(", ")} GiB`,
      mend: `write disk: ${larger} GiB`,
    }),
    ...unless(days(backups) >= 7 && days(backups) <= 35, {
      where: `${where}.backups`,
      got: backups,
      want: "7 days to 35 days",
      mend: "write backups: 14 days",
    }),
    ...unless(!multiZone || tierOf(settings.class) !== "Burstable", {
      where: `${where}.class`,
      got: `${settings.class}, whose tier has no standby in a second zone`,
      want: "a general or memory-optimised size beside multiZone: true",
      mend: "write class: Standard_D2ds_v5",
    }),
  ];
}

const unless = (fine: boolean, problem: Problem): readonly Problem[] => (fine ? [] : [problem]);

/** TLS for everyone, in its present versions; passwords as salted hashes only; slow statements in the log. */
export const configurationOf = (extensions: readonly string[]): Readonly<Record<string, string>> => ({
  require_secure_transport: "on",
  ssl_min_protocol_version: "TLSv1.2",
  password_encryption: "scram-sha-256",
  "azure.accepted_password_auth_method": "scram-sha-256",
  log_min_duration_statement: "1000",
  ...(extensions.length === 0 ? {} : { "azure.extensions": extensions.map((name) => name.toUpperCase()).join(",") }),
});
