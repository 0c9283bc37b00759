/** Small systems and landscapes for the graph's tests, each with just what the test at hand is about. */
import { compile, type LandscapeFor } from "../../graph/compile";
import { type BrokerPlacement } from "../../graph/broker";
import { type Dialect, type Landscape, type StorePlacement } from "../../graph/landscape";
import { type Graph } from "../../graph/model";
import { tcp, udp } from "../../graph/port";
import { InvalidInput, type Problem } from "../../graph/problems";
import { type AnyService } from "../../graph/service";
import { system } from "../../graph/system";

export const KUBERNETES: Dialect = {
  name: "kubernetes",
  names: false,
  entities: false,
  rangesMatchPods: true,
  judgesServices: false,
  portsPerRange: Infinity,
};

/** As documented, ranges are for addresses outside: a network may leave pods out of them. */
export const KUBERNETES_OUTSIDE: Dialect = { ...KUBERNETES, rangesMatchPods: false };

export const VPC_CNI: Dialect = {
  name: "vpc-cni",
  names: false,
  entities: false,
  rangesMatchPods: true,
  judgesServices: true,
  portsPerRange: 24,
};

/** Cilium on AKS: identities for nodes and the API server, names for what is outside. */
export const CILIUM: Dialect = {
  name: "cilium",
  names: true,
  entities: true,
  rangesMatchPods: false,
  judgesServices: false,
  portsPerRange: Infinity,
};

export const DNS_ACTOR = {
  name: "dns",
  place: { at: "pods", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  serves: [tcp(53), udp(53)],
  faces: [{ name: "kube-dns", selector: { "k8s-app": "kube-dns" }, ports: [tcp(53), udp(53)] }],
  forAll: true,
  sharedNamespace: true,
} as const;

export const API_ACTOR = {
  name: "kubernetes-api",
  entity: "kube-apiserver",
  place: { at: "ranges", ranges: ["10.0.96.0/20", "172.20.0.1/32"] },
  serves: [tcp(443)],
} as const;

/** An edge, DNS, an API server; no stores. */
export const BASE = {
  stack: "test",
  stage: "test",
  region: "eu-west-1",
  host: "api.example.com",
  stores: {},
  edge: {
    name: "alb",
    profiles: { portable: true },
    rules: 100,
    reserved: ["/health"],
    place: { at: "ranges", ranges: ["10.0.0.0/20"] },
  },
  actors: [DNS_ACTOR, API_ACTOR],
  internet: { at: "ranges", ranges: ["0.0.0.0/0"], except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] },
  dialect: VPC_CNI,
} as const satisfies Landscape;

/** A database in pods, with a Service in front of its primary only. */
export const postgresPods = (name: string): StorePlacement<"postgres"> => ({
  flavour: "cloudnative-pg",
  host: `${name}-rw.${name}-store.svc`,
  place: { at: "pods", namespace: `${name}-store`, labels: { "cnpg.io/cluster": name } },
  faces: [
    {
      name: `${name}-rw`,
      selector: { "cnpg.io/cluster": name, "cnpg.io/instanceRole": "primary" },
      ports: [tcp(5432)],
    },
  ],
  members: [tcp(5432), tcp(8000)],
});

export const postgresRange = (range: `${string}/${number}`): StorePlacement<"postgres"> => ({
  flavour: "rds",
  host: "orders.shop.internal",
  place: { at: "ranges", ranges: [range] },
});

export const redisPods = (name: string): StorePlacement<"redis"> => ({
  flavour: "valkey",
  host: `${name}.${name}-store.svc`,
  place: { at: "pods", namespace: `${name}-store`, labels: { app: name } },
  faces: [{ name, selector: { app: name }, ports: [tcp(6379)] }],
  members: [tcp(6379)],
});

/** A broker in pods that talk among themselves and to the API server. */
export const rabbitPods = (name: string): BrokerPlacement => ({
  name,
  flavour: "rabbitmq",
  host: `${name}.broker.svc`,
  place: { at: "pods", namespace: "broker", labels: { "app.kubernetes.io/name": name } },
  faces: [{ name, selector: { "app.kubernetes.io/name": name }, ports: [tcp(5671)] }],
  members: [tcp(4369), tcp(25672)],
  reaches: [{ to: "kubernetes-api" }],
});

/** Compiles services whose types a test does not care about: what the types say is left to the checks. */
export const compileLoosely = (services: readonly AnyService[], landscape: Landscape = BASE, name = "shop"): Graph =>
  compile(system<readonly AnyService[]>(name, services), landscape as LandscapeFor<readonly AnyService[]>);

/** The problems that something is refused with; none when it is not. */
export function problemsOf(attempt: () => unknown): readonly Problem[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}
