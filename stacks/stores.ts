/** What the managed stores of a stack have in common on every cloud: who may use them, and every login's password. */
import type * as pulumi from "@pulumi/pulumi";
import { type Login, Passwords } from "../components/data/passwords";
import { loginsIn } from "../components/data/secret-set";
import { type DataStore, type Grants } from "../components/data/store";
import { grantsOn } from "../graph/derive/grants";
import { type StackPlan } from "./plan";
import { type Stores } from "./platform";

export const accessTo = ({ graph }: StackPlan, store: string): Grants =>
  Object.fromEntries(grantsOn(graph, store).map(({ service, access }) => [service, access]));

/** A managed store knows its own logins; all others get generated passwords. */
export function storesWith(
  { secrets }: StackPlan,
  managed: ReadonlyMap<string, DataStore>,
  options: pulumi.ComponentResourceOptions,
): Stores {
  const free = loginsIn(secrets).filter(({ store }) => !managed.has(store));
  const generated = new Passwords("passwords", { logins: free }, options);
  const password: Stores["password"] = (login) => {
    const store = managed.get(login.store);
    return store === undefined ? generated.of(login) : ownPassword(store, login);
  };
  return { managed, password };
}

function ownPassword(store: DataStore, { of }: Login): pulumi.Output<string> {
  const credential = store.credentials[of] ?? (store.admin?.username === of ? store.admin : undefined);
  if (credential === undefined) throw new Error(`store ${store.name} has no login ${of}`);
  return credential.password;
}
