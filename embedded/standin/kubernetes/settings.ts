/**
 * The provider's own settings. The program's kubeconfig is mapped onto the local control plane: its server must be the
 * local one, and its credentials, which only the cloud could have honoured, are replaced by the local token.
 */
import { parse as parseYaml } from "yaml";
import type { Access } from "../../plane/api";
import { compare, type Difference } from "../diff";
import { Refused } from "../provider";
import { equal, isProperties, isUnknown, reveal, text, type Properties, type Value } from "../values";
import { Client } from "./client";
import { items, record, textAt } from "./fields";
import type { Mutability } from "./force-new";

export interface Settings {
  /** Absent: no API server is asked; `silence` says why. */
  readonly client?: Client;
  readonly silence: string;
  /** Namespace of objects that name none; empty: Kubernetes' own default. */
  readonly namespace: string;
  readonly mutable: Mutability;
  /** Take fields from other managers. */
  readonly force: boolean;
  /** Creating what exists already updates it. */
  readonly upsert: boolean;
  /** Objects of an unreachable cluster count as deleted. */
  readonly deleteUnreachable: boolean;
}

/** @throws Refused for a kubeconfig of another server than the local one. */
export function settingsOf(args: Properties, local: Access | undefined): Settings {
  const flag = (name: string): boolean => decoded(args[name]) === true;
  return {
    ...reach(args, local),
    namespace: text(args["namespace"]) ?? "",
    mutable: { configMaps: flag("enableConfigMapMutable"), secrets: flag("enableSecretMutable") },
    force: flag("enablePatchForce"),
    upsert: flag("upsertExistingObjects"),
    deleteUnreachable: flag("deleteUnreachable"),
  };
}

function reach(args: Properties, local: Access | undefined): Pick<Settings, "client" | "silence"> {
  if (isUnknown(args["kubeconfig"])) return { silence: "the cluster's kubeconfig is not known yet" };
  if (local === undefined) return { silence: "no local control plane runs" };
  const cluster = clusterOf(args);
  const here = { server: local.endpoint, "certificate-authority-data": local.caData };
  const server = textAt(cluster, "server");
  if (server !== local.endpoint && !isSameMoved(cluster, here)) throw new Refused(otherServer(server, local.endpoint));
  return { client: new Client(local), silence: "" };
}

/** A local control plane that was started on another port keeps its certificate authority. */
function isSameMoved(a: Properties, b: Properties): boolean {
  const authority = textAt(a, "certificate-authority-data");
  const local = [a, b].every((cluster) => textAt(cluster, "server").startsWith("https://127.0.0.1:"));
  return local && authority !== "" && authority === textAt(b, "certificate-authority-data");
}

const otherServer = (got: string, want: string): string =>
  `the stand-in speaks only to the local control plane: kubeconfig names ${got === "" ? "no server" : got}, ` +
  `want ${want}; use the kubeconfig of the cluster that this stack creates`;

/** The active cluster of the kubeconfig: server and certificate authority. */
export function clusterOf(args: Properties): Properties {
  const config = kubeconfigOf(args["kubeconfig"]);
  const context = text(args["context"]) ?? textAt(config, "current-context");
  const named = text(args["cluster"]) ?? textAt(entry(config, "contexts", context), "context", "cluster");
  return record(entry(config, "clusters", named), "cluster");
}

const entry = (config: Properties, list: string, name: string): Properties =>
  items(config, list).find((each) => each["name"] === name) ?? {};

function kubeconfigOf(given: Value | undefined): Properties {
  const found = decoded(given);
  return isProperties(found) ? found : {};
}

/** Nested settings arrive as JSON text, a kubeconfig perhaps as YAML, or JSON within JSON. */
function decoded(given: Value | undefined): Value | undefined {
  const open = given === undefined ? undefined : reveal(given);
  if (typeof open !== "string" || isUnknown(open)) return open;
  try {
    const value = parseYaml(open) as Value;
    return typeof value === "string" && value !== open ? decoded(value) : value;
  } catch {
    return open;
  }
}

/** Another cluster means other objects: everything of this provider is then replaced, as with the real one. */
export function settingsDifference(olds: Properties, news: Properties): Difference {
  const identifier = news["clusterIdentifier"];
  const pinned = identifier !== undefined && equal(identifier, olds["clusterIdentifier"]);
  const [before, after] = [clusterOf(olds), clusterOf(news)];
  const moved = isUnknown(news["kubeconfig"]) || !(equal(before, after) || isSameMoved(before, after));
  const cluster = ["kubeconfig", "context", "cluster"];
  const replaces = (path: readonly (string | number)[]): boolean =>
    !pinned && moved && cluster.includes(String(path[0]));
  return { detailed: compare({ olds, news, replaces }) };
}
