/** What cert-manager's chart is told: fixed accounts, Pod Security `restricted`, DNS proofs through the cluster's own resolver. */
import { ACCOUNTS } from "../cluster/accounts";
import { type IdentityMarks, UNMARKED } from "../cluster/cluster";
import { type Values } from "../kubernetes/chart";
import { annotated, labelled } from "../kubernetes/marks";
import { CONTAINER_SECURITY } from "../workload/pod";

const POD_SECURITY = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } as const;
const RESOURCES = { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } } as const;

const part = (replicaCount: number) => ({
  replicaCount,
  securityContext: POD_SECURITY,
  containerSecurityContext: CONTAINER_SECURITY,
  resources: RESOURCES,
  podDisruptionBudget: { enabled: replicaCount > 1, maxUnavailable: 1 },
});

/** @param marks of the identity by which it proves public names. @default - it proves none, or the cloud knows its account */
export const certManagerValues = (marks: IdentityMarks = UNMARKED): Values => ({
  ...part(2),
  ...labelled(marks),
  crds: { enabled: true, keep: true },
  serviceAccount: { create: true, name: ACCOUNTS.certificates.name, ...annotated(marks) },
  // A proof is looked up where every pod asks for names; without this it would ask name servers in the internet.
  extraArgs: ["--dns01-recursive-nameservers-only"],
  webhook: part(2),
  cainjector: part(2),
  // A hook: it would not run.
  startupapicheck: { enabled: false },
});
