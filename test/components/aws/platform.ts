/** The AWS half of a platform, small (`dev`) and large (`prod`), put together as a stack would. */
import type * as pulumi from "@pulumi/pulumi";
import { planBackup } from "../../../components/backup/plan";
import { S3Vault } from "../../../components/backup/s3-vault";
import { ACCOUNTS } from "../../../components/cluster/accounts";
import { autoscalerStatements } from "../../../components/cluster/autoscaler-permissions";
import { Eks } from "../../../components/cluster/eks";
import { PodAddons } from "../../../components/cluster/eks-addons";
import { ElastiCache } from "../../../components/data/elasticache";
import { PrivateZone } from "../../../components/data/private-zone";
import { Rds } from "../../../components/data/rds";
import { AlbCloud } from "../../../components/edge/alb-cloud";
import { Key, logService } from "../../../components/keys/key";
import { type Scope } from "../../../components/names";
import { planNetwork } from "../../../components/network/plan";
import { Vpc } from "../../../components/network/vpc";
import { LogGroup } from "../../../components/observability/log-group";
import { type Protection } from "../../../components/protection";

const NAMESPACES = ["user-service", "order-service", "payment-service", "ingress-system"];

const zonesOf = ({ region }: Scope) => ["a", "b", "c"].map((letter) => `${region}${letter}`);

const DISPOSABLE: Protection = { mode: "disposable", loses: "What developers tried out." };

/** One NAT gateway, a restricted public API endpoint, stores in the cluster, nothing worth keeping. */
export function dev(scope: Scope, parent: pulumi.Resource) {
  const protection = DISPOSABLE;
  const services = "172.20.0.0/16";
  const network = {
    range: "10.20.0.0/16",
    zones: zonesOf(scope),
    apartFrom: { "network.services": services },
  } as const;
  const logKey = new Key("log-key", { scope, purpose: "logs", services: [logService(scope)], protection }, { parent });
  const vpc = new Vpc("network", { scope, plan: planNetwork(network), nat: "single", logKey }, { parent });
  const secretsKey = new Key("secrets-key", { scope, purpose: "secrets", protection }, { parent });
  const volumeKey = new Key("volume-key", { scope, purpose: "volumes", protection }, { parent });
  const pools = { general: { instanceTypes: ["t3.large"], min: 2, max: 6 } };
  const cluster = new Eks(
    "cluster",
    {
      scope,
      network: vpc,
      access: { mode: "restricted", ranges: ["203.0.113.0/24"] },
      people: {},
      pools,
      secretsKey,
      logKey,
      serviceRange: services,
      deletionProtection: false,
    },
    { parent },
  );
  const addons = new PodAddons("addons", { scope, cluster, policies: [], volumeKey }, { parent });
  const edge = new AlbCloud(
    "edge",
    {
      scope,
      network: vpc,
      cluster,
      hosts: ["api.dev.example.com"],
      zone: { mode: "create", name: "dev.example.com" },
      targetPorts: [8080],
      protection,
    },
    { parent },
  );
  const vault = new S3Vault("vault", { scope, plan: planBackup({ namespaces: NAMESPACES }), protection }, { parent });
  const velero = cluster.identity("velero", ACCOUNTS.velero, vault.writer());
  return { vpc, cluster, addons, edge, vault, velero };
}

/** A NAT gateway and nodes in each zone, a private API endpoint, managed stores, locked and copied backups. */
export function prod(scope: Scope, parent: pulumi.Resource) {
  const recoveryRegion = "eu-central-1";
  const services = "172.20.0.0/16";
  const plan = planNetwork({
    range: "10.40.0.0/16",
    zones: zonesOf(scope),
    dataSlots: { orders: 0, payments: 1, sessions: 2 },
    apartFrom: { "network.services": services },
  });
  const logKey = new Key("log-key", { scope, purpose: "logs", services: [logService(scope)] }, { parent });
  const vpc = new Vpc("network", { scope, plan, nat: "per-zone", logKey }, { parent });
  const secretsKey = new Key("secrets-key", { scope, purpose: "secrets" }, { parent });
  const volumeKey = new Key("volume-key", { scope, purpose: "volumes" }, { parent });
  const people = {
    deployRole: `arn:aws:iam::${scope.account}:role/keelson-deploy`,
    readOnlyRole: `arn:aws:iam::${scope.account}:role/keelson-read-only`,
  };
  const cluster = new Eks(
    "cluster",
    {
      scope,
      network: vpc,
      access: { mode: "private" },
      people,
      pools: { general: { instanceTypes: ["m6i.large", "m5.large"], min: 3, max: 12 } },
      secretsKey,
      logKey,
      logRetention: "365 days",
      serviceRange: services,
    },
    { parent },
  );
  const addons = new PodAddons("addons", { scope, cluster, policies: [], volumeKey }, { parent });
  const podLogs = new LogGroup("pod-logs", { scope, key: logKey, retention: "90 days" }, { parent });
  cluster.identity("logs", ACCOUNTS.logs, podLogs.writer());
  const limits = [{ path: "/orders", rate: "1000 per minute" }] as const;
  const edge = new AlbCloud(
    "edge",
    {
      scope,
      network: vpc,
      cluster,
      hosts: ["api.example.com", "argocd.example.com"],
      zone: { mode: "adopt", name: "example.com", id: "Z0123456789EXAMPLE" },
      targetPorts: [8080],
      firewall: { limits },
    },
    { parent },
  );
  const zone = new PrivateZone("names", { scope, network: vpc }, { parent });
  const postgres = (store: string, service: string) => {
    const key = new Key(`${store}-key`, { scope, purpose: store, replicaRegion: recoveryRegion }, { parent });
    const recovery = key.replica === undefined ? {} : { recovery: key.replica };
    const shape = { instanceClass: "db.m6g.large", disk: "100 GiB", multiZone: true, backups: "30 days" } as const;
    const where = { scope, store, network: vpc, zone, key, logKey };
    return new Rds(store, { ...where, ...shape, ...recovery, grants: { [service]: "readWrite" } }, { parent });
  };
  const orders = postgres("orders", "order");
  const payments = postgres("payments", "payment");
  const sessionsKey = new Key("sessions-key", { scope, purpose: "sessions" }, { parent });
  const sessions = new ElastiCache(
    "sessions",
    {
      scope,
      store: "sessions",
      network: vpc,
      zone,
      key: sessionsKey,
      logKey,
      nodeType: "cache.m6g.large",
      replicas: 2,
      grants: { user: "readWrite", order: "read" },
    },
    { parent },
  );
  const backups = planBackup({ namespaces: NAMESPACES, lock: { mode: "compliance", for: "30 days" } });
  const vault = new S3Vault("vault", { scope, plan: backups, replicateTo: recoveryRegion }, { parent });
  const velero = cluster.identity("velero", ACCOUNTS.velero, vault.writer());
  const autoscaler = cluster.identity("autoscaler", ACCOUNTS.autoscaler, autoscalerStatements(scope, cluster.name));
  return { vpc, cluster, addons, edge, orders, payments, sessions, vault, velero, autoscaler };
}
