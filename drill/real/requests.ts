/** Real requests to each route through the new load balancer's own address, with the public host in them. */
import { request } from "node:https";
import { routeTable } from "../../graph/derive/routes";
import { type Manifest } from "../../graph/manifest";
import { servedPaths } from "../../graph/route";
import { compared, type Line, notRun } from "../line";
import { type Declared } from "../wholeness";
import { type Access } from "./access";

/** Answers of a load balancer that has nobody behind it. */
const NOBODY = [404, 502, 503, 504];
const TIMEOUT_MS = 10_000;

export async function requestLines(
  { requests }: Pick<Access, "requests">,
  { graph, settings }: Declared,
  objects: readonly Manifest[],
): Promise<readonly Line[]> {
  const what = "requests through the load balancer";
  if (!requests) return [notRun(what, "the access says so: no load balancer answers there")];
  const address = objects.map(addressOf).find((one) => one !== undefined);
  if (address === undefined) return [compared("real", `${what}: the Gateway has an address`, false, true)];
  const paths = routeTable(graph).flatMap(({ route }) => servedPaths(route));
  const answers = await Promise.all(
    paths.map(async (path) => [path, await ask(address, settings.edge.host, path)] as const),
  );
  const unserved = answers.filter(([, status]) => typeof status !== "number" || NOBODY.includes(status));
  return [
    compared(
      "real",
      `${what}: somebody answers on each of ${paths.length} paths`,
      unserved.map(([path, status]) => `${path}: ${status}`),
      [],
    ),
  ];
}

function addressOf({ kind, status }: Manifest): string | undefined {
  if (kind !== "Gateway") return undefined;
  return (status as { addresses?: readonly { value?: string }[] } | undefined)?.addresses?.[0]?.value;
}

/** The status, or why there was none. A status of the service itself, such as 401, is an answer. */
const ask = (address: string, host: string, path: string): Promise<number | string> =>
  new Promise((resolve) => {
    const sent = request(
      { host: address, servername: host, path, headers: { host }, timeout: TIMEOUT_MS },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("no answer in 10 s")));
    sent.on("error", (error) => resolve(error.message));
    sent.end();
  });
