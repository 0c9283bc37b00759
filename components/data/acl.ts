/** Access rules of a Valkey user, as its ACL language writes them. Refuses administrative commands to every service. */
import { type Access } from "../../graph/store";

/**
 * Everything off, then what the access needs; channels (`&*`) go with the right to publish. `-@dangerous` comes last: it takes back what wider categories contain, such
 * as KEYS and FLUSHALL. @see https://valkey.io/topics/acl/
 */
const RULES = {
  read: ["+@read", "+@connection"],
  readWrite: ["&*", "+@read", "+@write", "+@connection", "+@transaction", "+@pubsub", "+@scripting"],
} as const satisfies Record<Access, readonly string[]>;

export const accessString = (access: Access): string =>
  ["on", "~*", "-@all", ...RULES[access], "-@dangerous"].join(" ");
