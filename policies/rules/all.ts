/** Every rule of the pack. */
import type { ObjectRule, Rule, StackRule } from "../rule";
import { AZURE_AKS_RULES } from "./azure-aks";
import { AZURE_NETWORK_RULES } from "./azure-network";
import { AZURE_POSTGRES_RULES } from "./azure-postgres";
import { AZURE_REDIS_RULES } from "./azure-redis";
import { AZURE_STORAGE_RULES } from "./azure-storage";
import { CHART_RULES } from "./charts";
import { CLOUD_BACKUP_RULES } from "./cloud-backup";
import { CLOUD_BALANCER_RULES } from "./cloud-balancer";
import { CLOUD_CACHE_RULES } from "./cloud-cache";
import { CLOUD_EKS_RULES } from "./cloud-eks";
import { CLOUD_IAM_RULES } from "./cloud-iam";
import { CLOUD_KEY_RULES } from "./cloud-keys";
import { CLOUD_NETWORK_RULES } from "./cloud-network";
import { CLOUD_NODE_RULES } from "./cloud-nodes";
import { CLOUD_RDS_RULES } from "./cloud-rds";
import { CLOUD_S3_RULES } from "./cloud-s3";
import { IMAGE_RULES } from "./image";
import { NAMESPACE_RULES } from "./namespaces";
import { NETWORK_RULES } from "./network";
import { NETWORK_NAMESPACE_RULES } from "./network-namespace";
import { NETWORK_RANGE_RULES } from "./network-ranges";
import { NETWORK_SERVICE_RULES } from "./network-services";
import { OPERATED_RULES } from "./operated";
import { POD_HARDENING_RULES } from "./pod-hardening";
import { POD_HOST_RULES } from "./pod-host";
import { POD_KERNEL_RULES } from "./pod-kernel";
import { POD_USER_RULES } from "./pod-users";
import { POD_WORKLOAD_RULES } from "./pod-workload";
import { RBAC_RULES } from "./rbac";
import { RBAC_ESCALATION_RULES } from "./rbac-escalation";
import { REGION_RULES } from "./region";
import { RESILIENCE_RULES } from "./resilience";
import { RESILIENCE_WORKLOAD_RULES } from "./resilience-workload";
import { SECRETS_RULES } from "./secrets";
import { TLS_CLOUD_RULES } from "./tls-cloud";
import { TLS_EXPOSURE_RULES } from "./tls-exposure";
import { TLS_GATEWAY_RULES } from "./tls-gateway";
import { TLS_KONG_RULES } from "./tls-kong";
import { TLS_ROUTE_RULES } from "./tls-routes";

export const RULES: readonly Rule[] = [
  ...POD_USER_RULES,
  ...POD_HOST_RULES,
  ...POD_HARDENING_RULES,
  ...POD_KERNEL_RULES,
  ...POD_WORKLOAD_RULES,
  ...NAMESPACE_RULES,
  ...CHART_RULES,
  ...NETWORK_RULES,
  ...NETWORK_NAMESPACE_RULES,
  ...NETWORK_RANGE_RULES,
  ...NETWORK_SERVICE_RULES,
  ...TLS_GATEWAY_RULES,
  ...TLS_EXPOSURE_RULES,
  ...TLS_ROUTE_RULES,
  ...TLS_KONG_RULES,
  ...TLS_CLOUD_RULES,
  ...RBAC_RULES,
  ...RBAC_ESCALATION_RULES,
  ...IMAGE_RULES,
  ...SECRETS_RULES,
  ...CLOUD_EKS_RULES,
  ...CLOUD_NODE_RULES,
  ...CLOUD_NETWORK_RULES,
  ...CLOUD_BALANCER_RULES,
  ...CLOUD_IAM_RULES,
  ...CLOUD_S3_RULES,
  ...CLOUD_BACKUP_RULES,
  ...CLOUD_RDS_RULES,
  ...CLOUD_CACHE_RULES,
  ...CLOUD_KEY_RULES,
  ...AZURE_AKS_RULES,
  ...AZURE_NETWORK_RULES,
  ...AZURE_POSTGRES_RULES,
  ...AZURE_REDIS_RULES,
  ...AZURE_STORAGE_RULES,
  ...OPERATED_RULES,
  ...RESILIENCE_RULES,
  ...RESILIENCE_WORKLOAD_RULES,
  ...REGION_RULES,
];

export const isObjectRule = (rule: Rule): rule is ObjectRule => rule.scope === "object";
export const isStackRule = (rule: Rule): rule is StackRule => rule.scope === "stack";
