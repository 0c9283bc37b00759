/** The local control plane that matches a stack's settings: its zones, its range of Services, the definitions it needs. Pure. */
import { type NodeShape } from "../plane/nodes";
import { type Settings } from "../../stacks/schema";

export interface PlaneShape {
  readonly nodes: NodeShape;
  readonly serviceCidr: string;
  readonly system: string;
  readonly cloud: string;
}

export const planeShapeOf = ({ cloud, network, system, provider }: Settings): PlaneShape => ({
  nodes: { zones: cloud.zones },
  serviceCidr: network.services,
  system,
  cloud: provider,
});
