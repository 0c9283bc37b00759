/**
 * Generated passwords of logins that no managed store makes, such as those of stores in the cluster: one for each store and
 * login, wherever it is needed. Secret from its birth; in no manifest, no plan and no output.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Children, Component } from "../component";
import { createPassword } from "./store-parts";

/** One login of one store. */
export interface Login {
  readonly store: string;
  /** Service, owner or other user. */
  readonly of: string;
}

export interface PasswordsArgs {
  /** The same login twice is one password. */
  readonly logins: readonly Login[];
  /** Raise it to change every password: pods read the new ones at their next start. @default 1 */
  readonly generation?: number;
}

const roleOf = ({ store, of }: Login): string => `${store}-${of}`.replaceAll("_", "-");

export class Passwords extends Component {
  private readonly made: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(name: string, { logins, generation = 1 }: PasswordsArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:Passwords", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const roles = [...new Set(logins.map(roleOf))];
    this.made = new Map(roles.map((role) => [role, createPassword(child, role, generation).result]));
    this.registerOutputs();
  }

  /** @throws Error for a login that was not listed. */
  of(login: Login): pulumi.Output<string> {
    const password = this.made.get(roleOf(login));
    if (password !== undefined) return password;
    const known = [...this.made.keys()].join(", ") || "none";
    throw new Error(`passwords: got ${roleOf(login)}, want one of ${known}; add it to the logins`);
  }
}
