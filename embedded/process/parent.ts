/** A process started by the engine ends when the engine has died, however it died. */

/** Looks once a second whether the process that started this one is still its parent. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(0), 1_000).unref();
}
