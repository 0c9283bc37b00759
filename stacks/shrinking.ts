/**
 * Sizes that would shrink against what a stack is made of: no volume and no managed disk can, so the API would refuse it
 * halfway through a run. Compared with the stack's own state, where there is one.
 */
import { type Problem } from "../graph/problems";
import { bytes, type Size } from "../graph/units";
import { type Settings } from "./schema";

/** A resource as the engine recorded it. */
export interface Recorded {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: Readonly<Record<string, unknown>> | null | undefined;
}

export const shrinkProblems = (settings: Settings, state: readonly Recorded[]): readonly Problem[] =>
  wantedSizes(settings).flatMap(({ setting, disk, at }) => {
    const before = state.map(at).find((size) => size !== undefined);
    if (before === undefined || bytes(disk) >= before) return [];
    const had: Size = `${Math.ceil(before / 2 ** 30)} GiB`;
    return [
      {
        where: `Pulumi.${settings.stack}.yaml: keelson:${setting}`,
        got: `${disk}, less than the ${had} that are there`,
        want: "at least as much: a volume can grow, never shrink",
        mend: `write disk: ${had}, or move the data to a store of another name`,
      },
    ];
  });

interface Wanted {
  readonly setting: string;
  readonly disk: Size;
  /** Bytes that a recorded resource has for it; undefined for every other resource. */
  readonly at: (recorded: Recorded) => number | undefined;
}

const wantedSizes = ({ stores, broker }: Settings): readonly Wanted[] => [
  ...Object.entries(stores).flatMap(([name, store]): readonly Wanted[] => {
    const setting = `stores.${name}.disk`;
    if (store.flavour === "cloudnative-pg")
      return [{ setting, disk: store.disk, at: inSpec("Cluster", name, ["storage", "size"]) }];
    if (store.flavour === "rds" || store.flavour === "flexible-server")
      return [{ setting, disk: store.disk, at: (recorded) => managedDisk(recorded, name) }];
    if (store.flavour === "valkey" && store.failover !== undefined)
      return [
        {
          setting: `stores.${name}.failover.disk`,
          disk: store.failover.disk,
          at: inSpec("StatefulSet", name, ["volumeClaimTemplates", "0", "spec", "resources", "requests", "storage"]),
        },
      ];
    return [];
  }),
  ...(broker === undefined
    ? []
    : [
        {
          setting: "broker.disk",
          disk: broker.disk,
          at: inSpec("RabbitmqCluster", "rabbitmq", ["persistence", "storage"]),
        },
      ]),
];

const inSpec =
  (kind: string, name: string, path: readonly string[]): Wanted["at"] =>
  ({ type, inputs }) => {
    if (!type.endsWith(`:${kind}`) || at(inputs, ["metadata", "name"]) !== name) return undefined;
    return quantityBytes(at(inputs, ["spec", ...path]));
  };

const MANAGED_DISKS: Readonly<Partial<Record<string, readonly string[]>>> = {
  "aws:rds/instance:Instance": ["allocatedStorage"],
  "azure-native:dbforpostgresql:Server": ["storage", "storageSizeGB"],
};

/** Managed disks are counted in gibibytes; the store's name begins the resource's. */
function managedDisk({ type, urn, inputs }: Recorded, name: string): number | undefined {
  const path = MANAGED_DISKS[type];
  if (path === undefined || !urn.includes(`::${name}-`)) return undefined;
  const allocated = at(inputs, path);
  return typeof allocated === "number" ? bytes(`${allocated} GiB`) : undefined;
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** `10Gi` as `quantity` writes it. */
function quantityBytes(text: unknown): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(Mi|Gi|Ti)$/.exec(String(text)) ?? [];
  return amount === undefined ? undefined : bytes(`${amount} ${unit}B` as Size);
}
