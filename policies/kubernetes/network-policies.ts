/** What a NetworkPolicy selects and in which directions it isolates, with the API server's defaults. */
import { all, any, type Maybe } from "../logic";
import type { PolicyObject } from "../object";
import type { Stack } from "../stack";
import { podOf } from "./pods";
import { selects } from "./selectors";

export type Direction = "Ingress" | "Egress";

/** Without `policyTypes` a policy isolates ingress always and egress only when it has egress rules. */
export function isolates({ props }: PolicyObject, direction: Direction): boolean {
  const types = props.at("spec", "policyTypes");
  if (types.items.length > 0) return types.items.some((type) => type.is(direction));
  return direction === "Ingress" || props.at("spec", "egress").items.length > 0;
}

/** Whether some policy isolates the pods of a workload in this direction; `undefined` when unknown values decide. */
export const isCovered = (workload: PolicyObject, direction: Direction, stack: Stack): Maybe =>
  any(
    stack
      .neighbours(workload, "networking.k8s.io", "NetworkPolicy")
      .map((policy) => () => covers(policy, workload, direction, stack)),
  );

const covers = (policy: PolicyObject, workload: PolicyObject, direction: Direction, stack: Stack): Maybe =>
  all([
    () => stack.together(policy, workload),
    () => isolates(policy, direction),
    () => selects(policy.props.at("spec", "podSelector"), podOf(workload).at("metadata", "labels")),
  ]);
