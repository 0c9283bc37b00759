/**
 * The engine turns what a program throws into text. This keeps the error itself, so that bad input is still bad input
 * on the other side.
 */
import { InvalidInput } from "../../graph/problems";
import { type Program } from "./language-server";

export interface Guarded {
  readonly program: Program;
  /** What the program threw, when it did. */
  thrown(): unknown;
}

export function guard(program: Program): Guarded {
  let thrown: unknown;
  const guarded: Program = async () => {
    try {
      return await program();
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  return { program: guarded, thrown: () => thrown };
}

/** Throws the program's own refusal of its input, when that is why the run failed. */
export function rethrowBadInput(guarded: Guarded): void {
  const thrown = guarded.thrown();
  if (thrown instanceof InvalidInput) throw thrown;
}
