/** The local control plane that matches a stack's settings: its zones, its range of Services, the definitions it needs. Pure. */
import { type NodeShape } from "../plane/nodes";
import { type Settings } from "../../stacks/schema";
import { siteOf } from "../../stacks/sites";

export interface PlaneShape {
  readonly nodes: NodeShape;
  readonly serviceCidr: string;
  readonly system: string;
  readonly cloud: string;
}

export const planeShapeOf = (settings: Settings): PlaneShape => ({
  nodes: { zones: siteOf(settings).zones },
  serviceCidr: settings.network.services,
  system: settings.system,
  cloud: settings.provider,
});
