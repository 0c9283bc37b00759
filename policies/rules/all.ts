/** Every rule of the pack. */
import type { ObjectRule, Rule, StackRule } from "../rule";
import { CHART_RULES } from "./charts";
import { CLOUD_ACCESS_RULES } from "./cloud-access";
import { CLOUD_DATA_RULES } from "./cloud-data";
import { CLOUD_EKS_RULES } from "./cloud-eks";
import { CLOUD_S3_RULES } from "./cloud-s3";
import { IMAGE_RULES } from "./image";
import { NAMESPACE_RULES } from "./namespaces";
import { NETWORK_RULES } from "./network";
import { POD_HARDENING_RULES } from "./pod-hardening";
import { POD_HOST_RULES } from "./pod-host";
import { POD_KERNEL_RULES } from "./pod-kernel";
import { POD_USER_RULES } from "./pod-users";
import { RBAC_RULES } from "./rbac";
import { RESILIENCE_RULES } from "./resilience";
import { SECRETS_RULES } from "./secrets";
import { TLS_CLOUD_RULES } from "./tls-cloud";
import { TLS_EXPOSURE_RULES } from "./tls-exposure";
import { TLS_GATEWAY_RULES } from "./tls-gateway";

export const RULES: readonly Rule[] = [
  ...POD_USER_RULES,
  ...POD_HOST_RULES,
  ...POD_HARDENING_RULES,
  ...POD_KERNEL_RULES,
  ...NETWORK_RULES,
  ...TLS_GATEWAY_RULES,
  ...TLS_EXPOSURE_RULES,
  ...TLS_CLOUD_RULES,
  ...CHART_RULES,
  ...NAMESPACE_RULES,
  ...RBAC_RULES,
  ...IMAGE_RULES,
  ...SECRETS_RULES,
  ...CLOUD_EKS_RULES,
  ...CLOUD_S3_RULES,
  ...CLOUD_DATA_RULES,
  ...CLOUD_ACCESS_RULES,
  ...RESILIENCE_RULES,
];

export const isObjectRule = (rule: Rule): rule is ObjectRule => rule.scope === "object";
export const isStackRule = (rule: Rule): rule is StackRule => rule.scope === "stack";
