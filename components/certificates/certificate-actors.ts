/** cert-manager's parts and whom they talk to. Data for the graph. */
import { type Actor, KUBERNETES_API } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { CLOUD_API } from "../cluster/actors";
import { NAMESPACES } from "../kubernetes/namespaces";

const part = (name: string, label: string): Pick<Actor, "name" | "place"> => ({
  name,
  place: { at: "pods", namespace: NAMESPACES.certificates, labels: { "app.kubernetes.io/name": label } },
});

/** The controller proves host names through the cloud's DNS; `public` where it asks a public issuer, too. */
export const certificateActors = (asksPublicIssuer: boolean): readonly Actor[] => [
  {
    ...part("certificates", "cert-manager"),
    identity: asksPublicIssuer,
    reaches: [{ to: KUBERNETES_API }, ...(asksPublicIssuer ? [{ to: CLOUD_API }] : [])],
  },
  { ...part("certificates-webhook", "webhook"), webhooks: [tcp(10_250)], reaches: [{ to: KUBERNETES_API }] },
  { ...part("certificates-injector", "cainjector"), reaches: [{ to: KUBERNETES_API }] },
];
