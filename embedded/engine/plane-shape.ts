/** The local control plane that matches a stack's settings: its zones and its range of Services. Pure. */
import { type NodeShape } from "../plane/nodes";
import { type Settings } from "../../stacks/schema";

export interface PlaneShape {
  readonly nodes: NodeShape;
  readonly serviceCidr: string;
  readonly system: string;
}

export const planeShapeOf = ({ cloud, network, system }: Settings): PlaneShape => ({
  nodes: { zones: cloud.zones },
  serviceCidr: network.services,
  system,
});
