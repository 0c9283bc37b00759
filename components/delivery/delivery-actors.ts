/** Argo CD and Argo Rollouts: whom their parts talk to. Data for the graph. */
import { type Actor, KUBERNETES_API, type Landscape } from "../../graph/landscape";
import { type Labels } from "../../graph/manifest";
import { type Port, tcp } from "../../graph/port";
import { CLOUD_API } from "../cluster/actors";
import { type ArgoCdFacts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";

const namespace = NAMESPACES.delivery;

/** The chart's own labels, with the release named `argocd`. */
const part = (component: string): Labels => ({
  "app.kubernetes.io/instance": "argocd",
  "app.kubernetes.io/name": `argocd-${component}`,
});

const inside = (component: string, ports: readonly Port[]): Pick<Actor, "name" | "place" | "serves" | "faces"> => ({
  name: `argocd-${component}`,
  place: { at: "pods", namespace, labels: part(component) },
  ...(ports.length === 0
    ? {}
    : { serves: ports, faces: [{ name: `argocd-${component}`, selector: part(component), ports }] }),
});

/** Where the dashboard answers the load balancer. */
export const DASHBOARD_PORT = 8080;
const REPO_SERVER = [tcp(8081)];
const CACHE = [tcp(6379)];

/** Certificates are found on the way to Git by the repository server alone; people sign on through the dashboard. */
export const argoCdActors = (
  { repository, signOn }: ArgoCdFacts,
  internet: Landscape["internet"],
): readonly Actor[] => [
  {
    name: "git-repository",
    place: internet,
    names: [gitHost(repository.url)],
    serves: [tcp(gitPort(repository.url))],
    widerThan: repository.url,
  },
  {
    name: "sign-on",
    place: internet,
    names: [new URL(signOn.issuer).hostname],
    serves: [tcp(Number(new URL(signOn.issuer).port || 443))],
    widerThan: signOn.issuer,
  },
  {
    ...inside("server", []),
    routed: [tcp(DASHBOARD_PORT)],
    reaches: [{ to: KUBERNETES_API }, { to: "argocd-repo-server" }, { to: "argocd-redis" }, { to: "sign-on" }],
  },
  {
    ...inside("application-controller", []),
    reaches: [{ to: KUBERNETES_API }, { to: "argocd-repo-server" }, { to: "argocd-redis" }],
  },
  { ...inside("repo-server", REPO_SERVER), reaches: [{ to: "argocd-redis" }, { to: "git-repository" }] },
  inside("redis", CACHE),
];

/** `git@host:path` is SSH on its usual port; other addresses may name one. */
const gitAddress = (url: string): URL => new URL(url.replace(/^git@([^:/]+):/, "ssh://git@$1/"));

export const gitHost = (url: string): string => gitAddress(url).hostname;

export const gitPort = (url: string): number => {
  const { protocol, port } = gitAddress(url);
  return Number(port || (protocol === "https:" ? 443 : 22));
};

/** It asks CloudWatch for success rates, and fetches its Gateway API plugin when it starts. */
export const rolloutsActors = (internet: Landscape["internet"]): readonly Actor[] => [
  { name: "plugin-download", place: internet, serves: [tcp(443)], widerThan: "the plugin's release on github.com" },
  {
    name: "argo-rollouts",
    place: {
      at: "pods",
      namespace: NAMESPACES.rollouts,
      labels: { "app.kubernetes.io/name": "argo-rollouts" },
    },
    identity: true,
    reaches: [{ to: KUBERNETES_API }, { to: CLOUD_API }, { to: "plugin-download" }],
  },
];
