/** What says how a member of Valkey is, beside it. Its login may read that and nothing else. */
import { STORE_PORTS } from "../../graph/store";
import { imageOf } from "../kubernetes/images";
import { CONTAINER_SECURITY, fromSecret } from "../workload/pod";
import { METRICS_USER, SENTINEL_USER, userList } from "./credential-objects";

/** Where it answers Prometheus. */
export const EXPORTER_PORT = 9121;

const port = STORE_PORTS.redis;

/**
 * @param by whose login: with Sentinel, whose login may read as much, over TLS; without, one of its own
 */
export const exporter = (store: string, by: "sentinel" | "metrics") => ({
  name: "exporter",
  image: imageOf("valkeyExporter"),
  env: [
    { name: "REDIS_ADDR", value: `${by === "sentinel" ? "rediss" : "redis"}://localhost:${port}` },
    { name: "REDIS_USER", value: by === "sentinel" ? SENTINEL_USER : METRICS_USER },
    fromSecret("REDIS_PASSWORD", userList(store), `${by}-password`),
    ...(by === "sentinel" ? [{ name: "REDIS_EXPORTER_TLS_CA_CERT_FILE", value: "/tls/ca.crt" }] : []),
    { name: "REDIS_EXPORTER_WEB_LISTEN_ADDRESS", value: `:${EXPORTER_PORT}` },
  ],
  ports: [{ name: "metrics", containerPort: EXPORTER_PORT, protocol: "TCP" }],
  readinessProbe: { httpGet: { path: "/health", port: EXPORTER_PORT, scheme: "HTTP" }, periodSeconds: 10 },
  livenessProbe: { httpGet: { path: "/health", port: EXPORTER_PORT, scheme: "HTTP" }, periodSeconds: 30 },
  resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
  securityContext: CONTAINER_SECURITY,
  ...(by === "sentinel" ? { volumeMounts: [{ name: "tls", mountPath: "/tls", readOnly: true }] } : {}),
});
