/** One value that would do for every setting, for messages that say what to write. `*` stands for a name or a position. */
import { type Raw } from "./settings";

const EXAMPLES: Readonly<Record<string, string>> = {
  system: "shop",
  stage: "dev",
  role: "primary",
  recovers: "{ region: eu-west-1 }",
  "recovers.region": "eu-west-1",
  organisation: "acme",
  owner: "platform",
  costCentre: "shop",
  cloud: '{ provider: aws, region: eu-west-1, account: "111111111111", zones: [eu-west-1a, eu-west-1b, eu-west-1c] }',
  "cloud.provider": "aws",
  "cloud.region": "eu-west-1",
  "cloud.account": '"111111111111"',
  "cloud.zones": "[eu-west-1a, eu-west-1b, eu-west-1c]",
  network: "{ cidr: 10.20.0.0/16, nat: one }",
  "network.cidr": "10.20.0.0/16",
  "network.services": "172.20.0.0/16",
  "network.nat": "perZone",
  "network.flowLogs": "30 days",
  "cluster.version": '"1.35"',
  "cluster.access": "{ mode: private }",
  "cluster.access.mode": "private",
  "cluster.access.ranges": "[203.0.113.0/24]",
  "cluster.nodes": "{ type: m6i.large, min: 3, max: 12 }",
  "cluster.nodes.type": "m6i.large",
  "cluster.nodes.min": "3",
  "cluster.nodes.max": "12",
  "cluster.nodes.disk": "50 GiB",
  "cluster.logs": "90 days",
  edge: "{ kind: alb, host: api.example.com, zone: { name: example.com }, waf: true }",
  "edge.kind": "alb",
  "edge.routes": "portable",
  "edge.certificates": "{ email: platform@example.com }",
  "edge.certificates.email": "platform@example.com",
  "edge.host": "api.example.com",
  "edge.waf": "true",
  "edge.rules": "100",
  stores: "{ orders: { flavour: cloudnative-pg, instances: 1, disk: 10 GiB } }",
  "stores.*.flavour": "cloudnative-pg",
  "stores.*.instances": "3",
  "stores.*.disk": "10 GiB",
  "stores.*.class": "db.m6g.large",
  "stores.*.multiZone": "true",
  "stores.*.replicas": "2",
  "stores.*.memory": "128 MiB",
  "stores.*.slot": "0",
  "stores.*.backups": "14 days",
  "stores.*.from": "{ region: northeurope, at: 2026-01-31T12:00:00Z }",
  "stores.*.pooler": "{ instances: 2 }",
  "stores.*.archive": "{ retention: 30 days }",
  "stores.*.failover": "{ disk: 1 GiB }",
  broker: "{ flavour: rabbitmq, nodes: 3, disk: 10 GiB }",
  "broker.flavour": "rabbitmq",
  "broker.nodes": "3",
  "broker.disk": "10 GiB",
  "broker.memory": "1 GiB",
  monitoring: "{ channels: [{ by: pagerduty, name: on-call }, { by: slack, name: team, channel: '#alerts' }] }",
  logs: "{ to: otlp, endpoint: https://loki.example.com/otlp }",
  "logs.to": "otlp",
  "logs.endpoint": "https://loki.example.com/otlp",
  "logs.retention": "90 days",
  "monitoring.channels": "[{ by: pagerduty, name: on-call }, { by: slack, name: team, channel: '#alerts' }]",
  "services.*.scale": "{ min: 2, max: 8, cpu: 70 }",
  "services.*.scale.min": "2",
  "services.*.scale.max": "8",
  "services.*.scale.cpu": "70",
  "services.*.rollout": "{ strategy: rolling }",
  "services.*.rollout.strategy": "rolling",
  "services.*.rollout.weights": "[10, 50]",
  "services.*.rollout.pause": "5 minutes",
  "services.*.rollout.promote": "manual",
  "services.*.image": "registry.example.com/shop/order:1.4.2",
  "services.*.limit": "600 per minute",
  "backup.daily": "30 days",
  "backup.weekly": "90 days",
  "backup.lock": "{ mode: none }",
  "backup.lock.mode": "governance",
  "backup.lock.for": "7 days",
  "delivery.by": "pulumi",
  protection: "{ mode: retain }",
  "protection.mode": "retain",
  "protection.confirms": "prod",
  "protection.loses": "The orders of developers, and every backup of them.",
};

/** The setting as it would stand in the file: `cidr: 10.20.0.0/16 under keelson:network`. */
export function edit(path: readonly PropertyKey[], raw: Raw): string {
  const keys = path.map(String);
  const [key = "", parents] = [keys.at(-1), keys.slice(0, -1)];
  const example = exampleOf(keys, raw);
  if (parents.length === 0) return `write keelson:${key}: ${example ?? "…"}`;
  return example === undefined
    ? `correct ${key} under keelson:${parents.join(".")}`
    : `write ${key}: ${example} under keelson:${parents.join(".")}`;
}

/** The zone's example follows from the host that is there. */
function exampleOf(keys: readonly string[], raw: Raw): string | undefined {
  const host = Reflect.get(Object(raw["edge"]), "host");
  const zone = typeof host === "string" ? host.split(".").slice(1).join(".") : "example.com";
  if (keys.join(".") === "edge.zone") return `{ name: ${zone} }`;
  if (keys.join(".") === "edge.zone.name") return zone;
  return EXAMPLES[keys.join(".")] ?? EXAMPLES[keys.map((key, at) => (at === 1 ? "*" : key)).join(".")];
}
