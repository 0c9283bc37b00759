/** Refuses a stack whose way in nobody makes yet: its objects would be another edge's. */
import { refuse } from "../graph/problems";
import { type Settings } from "./schema";

/** @throws InvalidInput for an edge that settings may name and the program cannot build. */
export const refuseEdgeless = ({ stack, provider, edge }: Settings): void =>
  refuse(
    provider === "aws"
      ? []
      : [
          {
            where: `Pulumi.${stack}.yaml: keelson:edge.kind`,
            got: `${edge.kind} on Azure, which the program does not build yet`,
            want: "an edge that it builds: alb or kong, on AWS",
            mend: "plan the stack on AWS",
          },
        ],
  );
