/** Name of a stack's resource group: known before the group exists, so that manifests may carry it. */
import { physicalName, type Scope } from "../names";

export const groupName = (scope: Scope): string => physicalName("resourceGroup", scope, "group");
