/** Files that a verb writes beside what it prints, such as `--sarif FILE`. */
import { writeWhole } from "../embedded/files";
import { type Arguments } from "./verb";

/** Readable by everybody, as results are; whoever reads meanwhile sees the old one or the new one. */
export const writeResult = (path: string, text: string): void => writeWhole(path, text, 0o644);

/** The file that a flag names, if it is given. */
export function fileOf({ flags }: Arguments, flag: string): string | undefined {
  const given = flags[flag];
  return typeof given === "string" ? given : undefined;
}
