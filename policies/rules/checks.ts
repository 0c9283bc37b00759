/** The small checks that many rules are made of. Each names the field it wants, and never the value it got. */
import { decide, violated, violatedIf, type Finding } from "../rule";
import type { Field } from "../value";

/** Some properties are booleans that their provider keeps as text. */
export const isOn = (flag: Field): boolean => flag.is(true) || flag.is("true");

export const wantsTrue = (flag: Field): readonly Finding[] =>
  decide(() => violatedIf(!isOn(flag), flag, `wants true, got ${flag.shape}`));

/** Absent counts as false. */
export const wantsNotTrue = (flag: Field, message: string): readonly Finding[] =>
  decide(() => violatedIf(isOn(flag), flag, message));

export const wantsFalse = (flag: Field): readonly Finding[] =>
  decide(() => violatedIf(!flag.is(false) && !flag.is("false"), flag, `wants false, got ${flag.shape}`));

/** Something must be named. What is not known yet is of a resource that is yet to be made: it is named, and that is enough. */
export const wantsSet = (field: Field, message: string): readonly Finding[] =>
  field.isKnown && (!field.isSet || field.is("")) ? [violated(field, message)] : [];

export const wantsOneOf = (field: Field, ...wanted: readonly string[]): readonly Finding[] =>
  decide(() =>
    violatedIf(
      !wanted.includes(field.text ?? ""),
      field,
      `wants ${wanted.map((value) => `"${value}"`).join(" or ")}, got ${field.shape}`,
    ),
  );

export const wantsAtLeast = (field: Field, least: number, unit: string): readonly Finding[] =>
  decide(() =>
    violatedIf(!(Number(field.text ?? 0) >= least), field, `wants at least ${least} ${unit}, got ${field.shape}`),
  );

export const wantsItems = (list: Field, message: string): readonly Finding[] =>
  decide(() => violatedIf(list.items.length === 0, list, message));

/** The findings of several checks over one object, each decided by itself. */
export const together = (...checks: readonly (() => readonly Finding[])[]): readonly Finding[] =>
  checks.flatMap((check) => decide(check));
