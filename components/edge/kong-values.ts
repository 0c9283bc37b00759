/**
 * What Kong's chart is told: no database, TLS alone, two pods with their controller beside them, Pod Security `restricted`.
 * The Service in front of it is ours, so that policies see it.
 */
import { type Values } from "../kubernetes/chart";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CONTAINER_SECURITY, spread } from "../workload/pod";
import { KONG_SERVICE } from "./kong-objects";
import { KONG_CLASS, KONG_CLIENT_TLS, KONG_LABELS, KONG_STATUS_PORT, KONG_TLS_PORT } from "./names";

const RESOURCES = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } } as const;

export const kongValues = (): Values => ({
  replicaCount: 2,
  image: { repository: "kong", tag: "3.9" },
  env: {
    database: "off",
    // Only what the audience check needs: everything else stays closed to functions.
    untrusted_lua: "sandbox",
    untrusted_lua_sandbox_requires: "kong.plugins.jwt.jwt_parser",
    lua_ssl_trusted_certificate: `system,/etc/secrets/${KONG_CLIENT_TLS}/ca.crt`,
    lua_ssl_verify_depth: "2",
    ssl_cipher_suite: "intermediate",
    headers: "off",
    // What services are told of the port that clients used: the load balancer's, not Kong's own.
    port_maps: `443:${KONG_TLS_PORT}`,
  },
  secretVolumes: [KONG_CLIENT_TLS],
  admin: { enabled: false },
  manager: { enabled: false },
  // The chart's own Service stays inside; the load balancer is an object of ours.
  proxy: {
    type: "ClusterIP",
    http: { enabled: false },
    tls: { enabled: true, servicePort: KONG_TLS_PORT, containerPort: KONG_TLS_PORT },
  },
  status: { enabled: true, http: { enabled: true, containerPort: KONG_STATUS_PORT } },
  ingressController: {
    enabled: true,
    ingressClass: KONG_CLASS,
    createIngressClass: false,
    env: { publish_service: `${NAMESPACES.ingress}/${KONG_SERVICE}` },
    // Its certificate would be made anew at every rendering. What it checks, the API server's schemas check.
    admissionWebhook: { enabled: false },
    resources: RESOURCES,
  },
  resources: RESOURCES,
  topologySpreadConstraints: spread(KONG_LABELS),
  containerSecurityContext: CONTAINER_SECURITY,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  podDisruptionBudget: { enabled: false },
});
