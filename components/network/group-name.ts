/** Names of a stack's resource groups: known before the groups exist, so that manifests may carry them. */
import { physicalName, type Scope } from "../names";

export const groupName = (scope: Scope): string => physicalName("resourceGroup", scope, "group");

/** Name of the group in the other region. It names the stack's own, so that it never meets the group of a stack there. */
export const copiesGroupName = (scope: Scope): string => physicalName("resourceGroup", scope, "copies");
