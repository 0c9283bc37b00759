/** No container runs as root. The verdict equals Pod Security's `restricted` level of Kubernetes 1.36. */
import { containers, hasOwnUsers } from "../kubernetes/pods";
import { decide, each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule, securityContexts } from "./pod-rule";

/** A container's own setting wins over the pod's; either may be missing, not both. */
function runAsNonRoot(spec: Field): readonly Finding[] {
  if (hasOwnUsers(spec)) return [];
  const pod = spec.at("securityContext", "runAsNonRoot");
  return [
    ...decide(() => violatedIf(pod.is(false), pod, "the pod allows root")),
    ...each(containers(spec), (container) => containerRunsAsNonRoot(container, pod)),
  ];
}

function containerRunsAsNonRoot(container: Field, pod: Field): readonly Finding[] {
  const own = container.at("securityContext", "runAsNonRoot");
  if (own.isSet) return violatedIf(own.is(false), own, "the container allows root");
  return violatedIf(!pod.isSet, own, "neither the container nor its pod rules out root");
}

const runAsUserZero = (spec: Field): readonly Finding[] =>
  hasOwnUsers(spec)
    ? []
    : each(
        securityContexts(spec).map((context) => context.at("runAsUser")),
        (user) => (user.is(0) ? [violated(user, "user 0 is root")] : []),
      );

export const POD_USER_RULES: readonly Rule[] = [
  podRule(
    {
      id: "pod-run-as-non-root",
      severity: "critical",
      standards: ["pss-restricted", "nsa", "cis-eks", "cis-aks"],
      title: "Every container must rule out running as root.",
      why: "Root in a container is root on the node as soon as one kernel or runtime bug is found.",
      remedy: "set securityContext.runAsNonRoot: true on the pod, and false on none of its containers",
    },
    runAsNonRoot,
  ),
  podRule(
    {
      id: "pod-run-as-user-zero",
      severity: "critical",
      standards: ["pss-restricted", "nsa", "cis-eks", "cis-aks"],
      title: "No pod or container may name user 0.",
      why: "User 0 is root whatever runAsNonRoot says; the kubelet then refuses to start the container.",
      remedy: "set runAsUser to the image's own user, any number above 0, or leave it to the image",
    },
    runAsUserZero,
  ),
];
