/**
 * What Kong counts requests in: one small Valkey with one primary under one name, because Kong's Redis policy speaks to one
 * address and knows neither Sentinel nor a cluster. Lost, it comes back empty: the counts of one window begin anew, and
 * until then Kong lets requests through.
 */
import { internalCertificate } from "../certificates/issuer-objects";
import { type Manifest } from "../../graph/manifest";
import { STORE_PORTS } from "../../graph/store";
import { imageOf } from "../kubernetes/images";
import { NAMESPACES } from "../kubernetes/namespaces";
import { CONTAINER_SECURITY, podSecurity, serviceAccount } from "../workload/pod";
import { LIMITS, LIMITS_LABELS } from "./names";

const namespace = NAMESPACES.ingress;
const port = STORE_PORTS.redis;

/** Secret with its users. */
export const LIMITS_USERS = `${LIMITS}-users`;
const TLS_SECRET = `${LIMITS}-tls`;

/** User of the official image. */
const VALKEY_USER = 999;

/** Name under which Kong reaches it, and for which its certificate is. */
export const limitsHost = `${LIMITS}.${namespace}.svc.cluster.local`;

export const limitsObjects = (): readonly Manifest[] => [
  serviceAccount(LIMITS, namespace, LIMITS_LABELS),
  internalCertificate({ name: LIMITS, namespace, secretName: TLS_SECRET, dnsNames: [limitsHost] }),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: LIMITS, namespace, labels: LIMITS_LABELS },
    spec: {
      type: "ClusterIP",
      selector: LIMITS_LABELS,
      ports: [{ name: "redis", port, protocol: "TCP", targetPort: port }],
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: LIMITS, namespace, labels: LIMITS_LABELS },
    spec: {
      replicas: 1,
      serviceName: LIMITS,
      selector: { matchLabels: LIMITS_LABELS },
      template: { metadata: { labels: LIMITS_LABELS }, spec: pod },
    },
  },
];

const START = [
  `exec valkey-server --port 0 --tls-port ${port} --dir /data --aclfile /users/users.acl --save '' --appendonly no`,
  "--tls-cert-file /tls/tls.crt --tls-key-file /tls/tls.key --tls-ca-cert-file /tls/ca.crt --tls-auth-clients no",
  "--maxmemory 48mb --maxmemory-policy volatile-ttl",
].join(" ");

const pod = {
  automountServiceAccountToken: false,
  containers: [
    {
      name: "valkey",
      image: imageOf("valkey"),
      command: ["sh", "-ec", START],
      ports: [{ name: "redis", containerPort: port, protocol: "TCP" }],
      readinessProbe: { tcpSocket: { port }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port }, periodSeconds: 10, initialDelaySeconds: 10 },
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
      securityContext: CONTAINER_SECURITY,
      volumeMounts: [
        { name: "data", mountPath: "/data" },
        { name: "users", mountPath: "/users", readOnly: true },
        { name: "tls", mountPath: "/tls", readOnly: true },
      ],
    },
  ],
  enableServiceLinks: false,
  securityContext: podSecurity(VALKEY_USER),
  serviceAccountName: LIMITS,
  volumes: [
    { name: "data", emptyDir: { sizeLimit: "16Mi" } },
    { name: "users", secret: { secretName: LIMITS_USERS, items: [{ key: "users.acl", path: "users.acl" }] } },
    { name: "tls", secret: { secretName: TLS_SECRET } },
  ],
};
