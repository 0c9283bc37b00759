/**
 * Reaching an API server as kubectl does: by a kubeconfig, with a token that is in it or that a program prints. Refuses
 * client certificates and skipped verification: clouds need neither.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { InvalidInput } from "../../graph/problems";
import { type ApiClient, apiClient } from "../../embedded/plane/api";

interface Named<T> {
  readonly name: string;
  readonly value: T;
}

interface Cluster {
  readonly server?: string;
  readonly "certificate-authority-data"?: string;
  readonly "certificate-authority"?: string;
}

interface User {
  readonly token?: string;
  readonly exec?: {
    readonly command: string;
    readonly args?: readonly string[];
    readonly env?: readonly { readonly name: string; readonly value: string }[];
  };
}

export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly context?: string | undefined;
}

export async function withCluster<T>(access: ClusterAccess, work: (api: ApiClient) => Promise<T>): Promise<T> {
  const api = apiClient(readKubeconfig(access));
  return work(api).finally(() => api.close());
}

export function readKubeconfig({ kubeconfig, context }: ClusterAccess) {
  const file = parse(readFileSync(kubeconfig, "utf8")) as Readonly<Record<string, unknown>>;
  const wanted = context ?? String(file["current-context"]);
  const { cluster, user } = named<{ cluster: string; user: string }>(file, "contexts", "context", wanted);
  const { server = "", ...about } = named<Cluster>(file, "clusters", "cluster", cluster);
  const token = tokenOf(named<User>(file, "users", "user", user));
  const caFile = about["certificate-authority"];
  const caData =
    about["certificate-authority-data"] ?? (caFile === undefined ? undefined : readFileSync(caFile).toString("base64"));
  if (server !== "" && caData !== undefined && token !== undefined) return { endpoint: server, caData, token };
  throw new InvalidInput([
    {
      where: `${kubeconfig}, context ${wanted}`,
      got: token === undefined ? "a user without a token" : "a cluster without an address or an authority",
      want: "a server with its certificate authority, and a token or a program that prints one",
      mend: "write it with `aws eks update-kubeconfig` or `az aks get-credentials` and `kubelogin`",
    },
  ]);
}

function named<T>(file: Readonly<Record<string, unknown>>, list: string, field: string, name: string): T {
  const found = ((file[list] ?? []) as readonly Named<T>[]).find((one) => one.name === name);
  return (found === undefined ? {} : Reflect.get(found, field)) as T;
}

/** Asks the program each time: such tokens last for minutes. */
function tokenOf({ token, exec }: User): string | undefined {
  if (token !== undefined || exec === undefined) return token;
  const env = { ...process.env, ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])) };
  const printed = execFileSync(exec.command, [...(exec.args ?? [])], { env, encoding: "utf8", timeout: 60_000 });
  return (JSON.parse(printed) as { status?: { token?: string } }).status?.token;
}
