/** Host names and patterns of them, as Cilium reads them: `*` stands for characters of one label, never for a dot. */

/** Whether a name is one of those a pattern means. */
export const nameMatches = (pattern: string, name: string): boolean =>
  pattern === name ||
  (pattern.includes("*") && new RegExp(`^${pattern.split("*").map(literal).join("[-a-zA-Z0-9_]*")}$`).test(name));

const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

/** A name that a pattern means: itself, where it is one. */
export const exampleName = (pattern: string): string => pattern.replaceAll("*", "any");

/** Whether some name is meant by both. */
export const namesMeet = (one: string, other: string): boolean =>
  nameMatches(one, exampleName(other)) || nameMatches(other, exampleName(one));
