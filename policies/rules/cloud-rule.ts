/** The common part of rules over cloud resources: which types they know. */
import { isType, type PolicyObject } from "../object";
import type { Finding, ObjectRule, RuleFacts, StackRule } from "../rule";
import type { Stack } from "../stack";

export type CloudFacts = Omit<RuleFacts, "category" | "applies"> & { readonly types: readonly string[] };

export const cloudRule = (
  { types, ...facts }: CloudFacts,
  check: (object: PolicyObject) => readonly Finding[],
): ObjectRule => ({
  ...facts,
  category: "cloud",
  scope: "object",
  applies: (object) => isType(object, ...types),
  check,
});

export const cloudJoin = (
  { types, ...facts }: CloudFacts,
  check: (object: PolicyObject, stack: Stack) => readonly Finding[],
): StackRule => ({ ...facts, category: "cloud", scope: "stack", applies: (object) => isType(object, ...types), check });
