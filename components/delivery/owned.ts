/**
 * Who applies an object: Pulumi, or Argo CD from what `keelson render` wrote. Every object has exactly one owner in either
 * mode, so the two sets cannot meet. Pulumi keeps what must exist before Argo CD can work: namespaces, what guards and
 * starts the platform itself, and whatever carries an output of the cloud.
 */
import { type Manifest, objectId } from "../../graph/manifest";

export type Owner = "pulumi" | "delivery";

export interface Owned {
  readonly manifest: Manifest;
  readonly owner: Owner;
  /** Folder of the rendered object, and the Argo CD application that applies it: `order`, `ingress`, `platform`. */
  readonly app: string;
  /** Ids of objects that must be ready first, beyond what `order.ts` derives from the manifests. @default - none */
  readonly after?: readonly string[];
}

/** The folder of what Pulumi always owns. */
export const PLATFORM_APP = "platform";

/** Objects that Pulumi applies in every mode. */
export const pulumiOwned = (manifests: readonly Manifest[]): readonly Owned[] =>
  manifests.map((manifest) => ({ manifest, owner: "pulumi", app: PLATFORM_APP }));

/** Objects that follow the stack's delivery setting. */
export const delivered = (by: "pulumi" | "argocd", app: string, manifests: readonly Manifest[]): readonly Owned[] =>
  manifests.map((manifest) => ({ manifest, owner: by === "argocd" ? "delivery" : "pulumi", app }));

/** The same object, applied after others. */
export const after = (ids: readonly string[], owned: readonly Owned[]): readonly Owned[] =>
  ids.length === 0 ? owned : owned.map((each) => ({ ...each, after: [...(each.after ?? []), ...ids] }));

export const ownedBy = (owner: Owner, all: readonly Owned[]): readonly Owned[] =>
  all.filter((each) => each.owner === owner);

/** Ids that occur twice: two owners of one object, or one object written in two places. */
export function repeated(all: readonly Owned[]): readonly string[] {
  const ids = all.map(({ manifest }) => objectId(manifest));
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
