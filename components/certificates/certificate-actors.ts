/** cert-manager's parts and whom they talk to. Data for the graph. */
import { type Actor, KUBERNETES_API, type Landscape } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { CLOUD_API } from "../cluster/actors";
import { NAMESPACES } from "../kubernetes/namespaces";

const part = (name: string, label: string): Pick<Actor, "name" | "place"> => ({
  name,
  place: { at: "pods", namespace: NAMESPACES.certificates, labels: { "app.kubernetes.io/name": label } },
});

const PUBLIC_ISSUER = "certificate-issuer";

/**
 * The controller asks a public issuer and proves host names to it through the cloud's DNS.
 * @param server of the public issuer. @default - only the authority inside is asked
 */
export const certificateActors = (internet: Landscape["internet"], server?: string): readonly Actor[] => [
  ...(server === undefined ? [] : [publicIssuer(internet, new URL(server))]),
  {
    ...part("certificates", "cert-manager"),
    identity: server !== undefined,
    reaches: [{ to: KUBERNETES_API }, ...(server === undefined ? [] : [{ to: CLOUD_API }, { to: PUBLIC_ISSUER }])],
  },
  { ...part("certificates-webhook", "webhook"), webhooks: [tcp(10_250)], reaches: [{ to: KUBERNETES_API }] },
  { ...part("certificates-injector", "cainjector"), reaches: [{ to: KUBERNETES_API }] },
];

const publicIssuer = (internet: Landscape["internet"], { hostname, port }: URL): Actor => ({
  name: PUBLIC_ISSUER,
  place: internet,
  names: [hostname],
  serves: [tcp(port === "" ? 443 : Number(port))],
  widerThan: hostname,
});
