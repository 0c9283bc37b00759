/** Kong, what it counts in, and who calls it: places and reaches. Data for the graph. */
import { type Actor, KUBERNETES_API, type Landscape, type Place } from "../../graph/landscape";
import { tcp } from "../../graph/port";
import { STORE_PORTS } from "../../graph/store";
import { NAMESPACES } from "../kubernetes/namespaces";
import { KONG_LABELS, KONG_TLS_PORT, LIMITS, LIMITS_LABELS } from "./names";

const namespace = NAMESPACES.ingress;

const place: Place = { at: "pods", namespace, labels: KONG_LABELS };

/**
 * Requests reach services from Kong's pods; its controller, in the same pods, reads routes from the Kubernetes API. No
 * quota of a cloud counts its routes.
 */
export const kongEdge: Landscape["edge"] = {
  name: "kong",
  profiles: { portable: true, kong: true },
  rules: Infinity,
  reserved: ["/health"],
  place,
  serves: [tcp(KONG_TLS_PORT)],
  reaches: [{ to: KUBERNETES_API }, { to: LIMITS }],
};

/**
 * Clients come with their own addresses: the load balancer keeps them, because only nodes with a Kong pod take part. So
 * the way in is open to the internet, and to no pod.
 */
export const kongActors = (internet: Landscape["internet"]): readonly Actor[] => [
  { name: "clients", place: internet, reaches: [{ to: "edge/kong" }] },
  {
    name: LIMITS,
    place: { at: "pods", namespace, labels: LIMITS_LABELS },
    serves: [tcp(STORE_PORTS.redis)],
    faces: [{ name: LIMITS, selector: LIMITS_LABELS, ports: [tcp(STORE_PORTS.redis)] }],
  },
];
