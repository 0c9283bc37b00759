/** Logic with a third value: `undefined` means that what is known does not decide. */
import { Undecided } from "./value";

export type Maybe = boolean | undefined;

/** The answer, or `undefined` when it needs a value that is not known yet, or one of another shape. */
export function maybe<T>(answer: () => T): T | undefined {
  try {
    return answer();
  } catch (problem) {
    if (problem instanceof Undecided) return undefined;
    throw problem;
  }
}

/** False as soon as one part is false, whatever the others turn out to be. */
export const all = (parts: readonly (() => Maybe)[]): Maybe => settle(parts, false);

/** True as soon as one part is true, whatever the others turn out to be. */
export const any = (parts: readonly (() => Maybe)[]): Maybe => settle(parts, true);

function settle(parts: readonly (() => Maybe)[], decisive: boolean): Maybe {
  let open = false;
  for (const part of parts) {
    const answer = maybe(part);
    if (answer === decisive) return decisive;
    open ||= answer === undefined;
  }
  return open ? undefined : !decisive;
}
