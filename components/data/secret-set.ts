/**
 * Registers the planned Secrets: values are generated passwords, configured credentials and known text, put together here
 * and nowhere else. Secret from their birth; Pulumi's in every delivery, and never rendered.
 */
import { createHash } from "node:crypto";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../component";
import { type Login } from "./passwords";
import { type PlannedSecret, userListText, type Value } from "./credential-objects";

export interface SecretSetArgs {
  readonly secrets: readonly PlannedSecret[];
  /** The password of one login of a store. */
  readonly password: (login: Login) => pulumi.Output<string>;
  /** The stack's own secret of a name: `stripe` is `keelson:stripeCredential`. */
  readonly configured: (key: string) => pulumi.Output<string>;
  /** Namespaces by name: a Secret waits for its own. */
  readonly namespaces: ReadonlyMap<string, pulumi.Resource>;
}

export class SecretSet extends Component {
  /** By `namespace/name`. */
  readonly byName: ReadonlyMap<string, core.Secret>;

  constructor(name: string, args: SecretSetArgs, options?: pulumi.ComponentResourceOptions) {
    super("data:SecretSet", name, options);
    this.byName = new Map(args.secrets.map((planned) => [nameOf(planned), this.register(planned, args)]));
    this.registerOutputs();
  }

  /** Secrets of one namespace. */
  inNamespace(namespace: string): readonly core.Secret[] {
    return [...this.byName].flatMap(([name, secret]) => (name.startsWith(`${namespace}/`) ? [secret] : []));
  }

  private register(planned: PlannedSecret, args: SecretSetArgs): core.Secret {
    const { name, namespace, type, labels } = planned;
    const home = args.namespaces.get(namespace);
    const [id, options] = this.child(`${namespace}-${name}`, home === undefined ? {} : { dependsOn: [home] });
    const metadata = { name, namespace, ...(labels === undefined ? {} : { labels }) };
    return new core.Secret(id, { metadata, type, stringData: valuesOf(planned, args) }, options);
  }
}

const nameOf = ({ namespace, name }: PlannedSecret): string => `${namespace}/${name}`;

const valuesOf = ({ values }: PlannedSecret, args: SecretSetArgs): Record<string, pulumi.Input<string>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolve(value, args)]));

function resolve(value: Value, { password, configured }: SecretSetArgs): pulumi.Input<string> {
  switch (value.is) {
    case "text":
      return value.text;
    case "password":
      return password(value);
    case "configured":
      return configured(value.key);
    case "userList":
      return userListOf(value, password);
  }
}

type UserList = Extract<Value, { is: "userList" }>;

const userListOf = ({ store, lines }: UserList, password: SecretSetArgs["password"]): pulumi.Output<string> =>
  pulumi
    .all(Object.fromEntries(lines.map(({ user }) => [user, password({ store, of: user })])))
    .apply((known) => userListText(lines, (user) => sha256(known[user] ?? "")));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Every login whose password the planned Secrets mention, once. */
export function loginsIn(secrets: readonly PlannedSecret[]): readonly Login[] {
  const logins = secrets.flatMap(({ values }) => Object.values(values).flatMap(loginsOf));
  return [...new Map(logins.map((login) => [`${login.store}-${login.of}`, login])).values()];
}

const loginsOf = (value: Value): readonly Login[] => {
  if (value.is === "password") return [{ store: value.store, of: value.of }];
  return value.is === "userList" ? value.lines.map(({ user }) => ({ store: value.store, of: user })) : [];
};

/** Keys of configuration that the planned Secrets need: `stripe` for `keelson:stripeCredential`. */
export const configuredIn = (secrets: readonly PlannedSecret[]): readonly string[] => [
  ...new Set(
    secrets.flatMap(({ values }) =>
      Object.values(values).flatMap((value) => (value.is === "configured" ? [value.key] : [])),
    ),
  ),
];
