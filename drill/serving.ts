/**
 * Whether every route is served by what a cluster holds: followed from the Gateway's listener through its HTTPRoute and a
 * Service to a port of the pods behind it. Evaluated on the objects, as Gateway API and Services match; no request is sent.
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
import { routeTable } from "../graph/derive/routes";
import { type Manifest, objectId } from "../graph/manifest";
import { type Graph } from "../graph/model";
import { servedPaths } from "../graph/route";

interface GatewaySpec {
  readonly listeners: readonly { readonly name: string; readonly hostname?: string; readonly protocol: string }[];
}

interface RouteSpec {
  readonly hostnames?: readonly string[];
  readonly parentRefs: readonly { readonly name: string; readonly namespace?: string; readonly sectionName?: string }[];
  readonly rules: readonly {
    readonly matches?: readonly { readonly path?: { readonly type?: string; readonly value?: string } }[];
    readonly backendRefs?: readonly Backend[];
  }[];
}

interface Backend {
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  readonly weight?: number;
}

interface ServiceSpec {
  readonly selector?: Labels;
  readonly ports: readonly { readonly port: number; readonly targetPort?: number | string }[];
}

interface WorkloadSpec {
  readonly template: {
    readonly metadata?: { readonly labels?: Labels };
    readonly spec: {
      readonly containers: readonly { readonly ports?: readonly ContainerPort[] }[];
    };
  };
}

interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
}

type Labels = Readonly<Record<string, string>>;

/** Where requests for one path go: the route, and its backends that get any of them. */
interface Destination {
  readonly route: Manifest;
  readonly backends: readonly Backend[];
}

/** `/orders: Service order-service/order selects no pods`: every path that a service promises and nobody would answer. */
export function unserved(graph: Graph, host: string, objects: readonly Manifest[]): readonly string[] {
  const cluster = new Cluster(objects);
  return routeTable(graph).flatMap(({ route, namespace }) =>
    servedPaths(route).flatMap((path) => {
      const fault = cluster.faultOf(host, path, namespace);
      return fault === undefined ? [] : [`${path}: ${fault}`];
    }),
  );
}

class Cluster {
  constructor(private readonly objects: readonly Manifest[]) {}

  /** What keeps requests for a path from the pods in a namespace; undefined when nothing does. */
  faultOf(host: string, path: string, namespace: string): string | undefined {
    const found = this.destinationOf(host, path);
    if (found === undefined) return `no HTTPRoute on a TLS listener for ${host} has it`;
    const name = objectId(found.route);
    if (found.route.metadata.namespace !== namespace) return `${name} takes it, which is not in ${namespace}`;
    if (found.backends.length === 0) return `${name} sends it nowhere`;
    return found.backends.map((backend) => this.backendFault(namespace, backend)).find((fault) => fault !== undefined);
  }

  /** The longest prefix that matches by whole segments wins. */
  private destinationOf(host: string, path: string): Destination | undefined {
    const matching = this.ofKind("HTTPRoute").flatMap((route) => {
      const spec = specOf<RouteSpec>(route);
      if (spec.hostnames?.includes(host) !== true || !this.isHeard(host, route, spec)) return [];
      return spec.rules.flatMap(({ matches = [], backendRefs = [] }) =>
        matches
          .map((match) => match.path?.value ?? "/")
          .filter((prefix) => path === prefix || path.startsWith(prefix.replace(/\/?$/, "/")))
          .map((prefix) => ({ prefix, route, backends: backendRefs.filter(({ weight }) => weight !== 0) })),
      );
    });
    return matching.toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
  }

  private isHeard(host: string, route: Manifest, { parentRefs }: RouteSpec): boolean {
    return parentRefs.some(({ name, namespace = route.metadata.namespace, sectionName }) =>
      this.ofKind("Gateway")
        .filter(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
        .flatMap((gateway) => specOf<GatewaySpec>(gateway).listeners)
        .filter((listener) => sectionName === undefined || listener.name === sectionName)
        .some(({ hostname, protocol }) => protocol === "HTTPS" && (hostname === undefined || hostname === host)),
    );
  }

  private backendFault(home: string, { name, namespace = home, port }: Backend): string | undefined {
    const service = this.ofKind("Service").find(
      ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
    );
    if (service === undefined) return `Service ${namespace}/${name} is not there`;
    const { selector, ports } = specOf<ServiceSpec>(service);
    const target = ports.find((one) => one.port === port);
    if (target === undefined) return `Service ${namespace}/${name} has no port ${port}`;
    const pods = this.podsOf(namespace, selector);
    if (pods.length === 0) return `Service ${namespace}/${name} selects no pods`;
    const wanted = target.targetPort ?? target.port;
    const listens = pods.some((open) => open.some((each) => each.name === wanted || each.containerPort === wanted));
    return listens ? undefined : `no pod of Service ${namespace}/${name} listens on ${wanted}`;
  }

  /** Open ports of the pods that a selector finds, by whoever makes such pods. */
  private podsOf(namespace: string, selector: Labels = {}): readonly (readonly ContainerPort[])[] {
    const wanted = Object.entries(selector).filter(([label]) => label !== ROLLOUT_HASH);
    return MAKERS.flatMap((kind) => this.ofKind(kind))
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map((maker) => specOf<WorkloadSpec>(maker).template)
      .filter(({ metadata }) => wanted.length > 0 && wanted.every(([key, value]) => metadata?.labels?.[key] === value))
      .map(({ spec }) => spec.containers.flatMap(({ ports = [] }) => ports));
  }

  private ofKind(wanted: string): readonly Manifest[] {
    return this.objects.filter(({ kind }) => kind === wanted);
  }
}

const MAKERS = ["Deployment", "StatefulSet", "Rollout"];

/** Argo Rollouts adds it to the selectors of its Services, and to pods behind their template's back. */
const ROLLOUT_HASH = "rollouts-pod-template-hash";

const specOf = <Spec>(manifest: Manifest): Spec => manifest["spec"] as Spec;
