/** Refuses a stack whose way in nobody makes yet: its objects would be another edge's. */
import { refuse } from "../graph/problems";
import { type Settings } from "./schema";

/** @throws InvalidInput for an edge that settings may name and the program cannot build. */
export const refuseEdgeless = ({ stack, edge }: Settings): void =>
  refuse(
    edge.kind === "alb"
      ? []
      : [
          {
            where: `Pulumi.${stack}.yaml: keelson:edge.kind`,
            got: `${edge.kind}, which the program does not build yet`,
            want: "an edge that it builds: alb, on AWS",
            mend: "plan the stack on AWS",
          },
        ],
  );
