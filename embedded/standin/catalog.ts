/** Every row of the stand-in cloud, by resource type. */
import { awsTypes } from "./aws/types";
import { azureTypes } from "./azure/types";
import type { TypeTable } from "./types";

export const catalog: TypeTable = { ...awsTypes, ...azureTypes };
