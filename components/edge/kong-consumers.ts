/**
 * Whom Kong knows: for every issuer of tokens its client applications, each with a credential that holds the issuer's
 * public key. Secrets of the stack hold the keys; Kong fetches none by itself.
 */
import { type Manifest } from "../../graph/manifest";
import { routeTable } from "../../graph/derive/routes";
import { type Graph } from "../../graph/model";
import { type Tokens } from "../../graph/route";
import { NAMESPACES } from "../kubernetes/namespaces";
import { KONG_CLASS } from "./names";

const namespace = NAMESPACES.ingress;

export interface Consumer {
  readonly name: string;
  /** Value of the claim that names it. */
  readonly key: string;
  /** Configuration key of the issuer's public key. */
  readonly publicKey: string;
  /** Secret with its credential. */
  readonly secret: string;
}

/** `https://identity.example.com` is `identity-example-com`. */
export const issuerSlug = (issuer: string): string =>
  issuer
    .replace(/^https:\/\//, "")
    .replaceAll(/[^a-z0-9]+/gi, "-")
    .toLowerCase();

/** The claim that names a consumer: the client application, or the issuer where all its tokens are one. */
export const keyClaim = ({ consumers }: Tokens): "azp" | "iss" => (consumers === undefined ? "iss" : "azp");

export function consumersOf(graph: Graph): readonly Consumer[] {
  const tokens = routeTable(graph).flatMap(({ route }) => route.jwt ?? []);
  const all = tokens.flatMap(({ issuer, consumers }) =>
    (consumers ?? [issuer]).map((key) => consumer(issuer, key, issuerSlug(consumers === undefined ? issuer : key))),
  );
  return [...new Map(all.map((each) => [each.name, each])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const consumer = (issuer: string, key: string, name: string): Consumer => ({
  name,
  key,
  publicKey: `issuer-${issuerSlug(issuer)}`,
  secret: `consumer-${name}`,
});

export const kongConsumers = (graph: Graph): readonly Manifest[] =>
  consumersOf(graph).map(({ name, secret }) => ({
    apiVersion: "configuration.konghq.com/v1",
    kind: "KongConsumer",
    metadata: { name, namespace, annotations: { "kubernetes.io/ingress.class": KONG_CLASS } },
    username: name,
    credentials: [secret],
  }));
