/** One run per stack: a second one is refused, with the words who works on it and since when. */
import { Lock, tryLock } from "../process/lock";
import { Locked } from "./failures";

/** Takes the lock or throws `Locked`, which names the living owner. */
export function acquire(path: string, stack: string): Lock {
  const got = tryLock(path);
  if (got instanceof Lock) return got;
  throw new Locked(stack, got.pid, got.since);
}
