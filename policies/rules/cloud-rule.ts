/** The common part of rules over cloud resources: which types they know. */
import { isType, type PolicyObject } from "../object";
import type { Category, Finding, ObjectRule, RuleFacts, StackRule } from "../rule";
import type { Stack } from "../stack";

export type CloudFacts = Omit<RuleFacts, "category" | "applies"> & { readonly types: readonly string[] };

export const cloudRule = (
  { types, ...facts }: CloudFacts,
  check: (object: PolicyObject) => readonly Finding[],
  category: Category = "cloud",
): ObjectRule => ({
  ...facts,
  category,
  scope: "object",
  applies: (object) => isType(object, ...types),
  check,
});

export const cloudJoin = (
  { types, ...facts }: CloudFacts,
  check: (object: PolicyObject, stack: Stack) => readonly Finding[],
  category: Category = "cloud",
): StackRule => ({ ...facts, category, scope: "stack", applies: (object) => isType(object, ...types), check });
