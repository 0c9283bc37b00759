/** A Secret as it is planned: which keys it has and what each means. The values are made and kept by Pulumi. */

/** Where the value of one key comes from. */
export type Value =
  /** Known text, such as a host or a user name. */
  | { readonly is: "text"; readonly text: string }
  /**
   * The password of one login of a store: of a service, or of `OWNER`. A managed store made it; for others it is generated,
   * once for each store and login, wherever it occurs.
   */
  | { readonly is: "password"; readonly store: string; readonly of: string }
  /** A secret of the stack's configuration: `stripe` is `keelson:stripeCredential`. */
  | { readonly is: "configured"; readonly key: string }
  /** A user list for Valkey with digests of its users' passwords. */
  | { readonly is: "userList"; readonly store: string; readonly lines: readonly UserLine[] };

/** One user of Valkey: `user order #<digest of the password> on <rules>`. Its password is that of the store's login. */
export interface UserLine {
  readonly user: string;
  readonly rules: string;
}

export interface PlannedSecret {
  readonly name: string;
  readonly namespace: string;
  readonly type: "Opaque" | "kubernetes.io/basic-auth";
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

export const text = (value: string): Value => ({ is: "text", text: value });
export const password = (store: string, of: string): Value => ({ is: "password", store, of });
