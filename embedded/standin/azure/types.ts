/** Every Azure type the stand-in knows. */
import type { TypeTable } from "../types";
import { cacheTypes } from "./caches";
import { clusterTypes } from "./cluster";
import { databaseTypes } from "./databases";
import { keyTypes } from "./keys";
import { monitorTypes } from "./monitor";
import { networkTypes } from "./network";
import { roleTypes } from "./roles";
import { storageTypes } from "./storage";

export const azureTypes: TypeTable = {
  ...networkTypes,
  ...roleTypes,
  ...keyTypes,
  ...storageTypes,
  ...clusterTypes,
  ...monitorTypes,
  ...databaseTypes,
  ...cacheTypes,
};
