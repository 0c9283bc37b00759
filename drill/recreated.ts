/** What the recovery stack was made of: kept beside the drill, because the report reckons with it when the stack may be gone. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type StateResource } from "../embedded/engine/state";
import { writeWhole } from "../embedded/files";

const fileIn = (folder: string): string => join(folder, "recreated.json");

/** Types and dependencies, without any value. */
export const keepRecreated = (folder: string, resources: readonly StateResource[]): void =>
  writeWhole(fileIn(folder), JSON.stringify(resources.map(withoutValues)));

const withoutValues = ({ urn, type, custom, dependencies }: StateResource) => ({ urn, type, custom, dependencies });

/** Undefined before it was made. */
export const recreated = (folder: string): readonly StateResource[] | undefined =>
  existsSync(fileIn(folder))
    ? (JSON.parse(readFileSync(fileIn(folder), "utf8")) as readonly StateResource[])
    : undefined;
