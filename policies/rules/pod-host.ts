/** Pods keep off the node they run on. Verdicts equal Pod Security's `baseline` level of Kubernetes 1.36. */
import { containers, hasOwnUsers } from "../kubernetes/pods";
import { each, violated, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule, securityContexts } from "./pod-rule";

const HOST_NAMESPACES = ["hostNetwork", "hostPID", "hostIPC"] as const;
const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
const HOOKS = ["postStart", "preStop"] as const;
const HANDLERS = ["httpGet", "tcpSocket"] as const;

const privileged = (spec: Field): readonly Finding[] =>
  each(containers(spec), (container) => {
    const flag = container.at("securityContext", "privileged");
    return violatedIf(flag.is(true), flag, "the container is privileged");
  });

const hostNamespaces = (spec: Field): readonly Finding[] =>
  each(
    HOST_NAMESPACES.map((name) => spec.at(name)),
    (flag) => violatedIf(flag.is(true), flag, "the pod shares a namespace of its node"),
  );

const hostPorts = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).flatMap((container) => container.at("ports").items.map((port) => port.at("hostPort"))),
    (port) => violatedIf(port.isSet && !port.is(0), port, "the container takes a port of its node"),
  );

const hostPaths = (spec: Field): readonly Finding[] =>
  each(spec.at("volumes").items, (volume) =>
    violatedIf(volume.at("hostPath").isSet, volume.at("hostPath"), "the volume is a directory of the node"),
  );

const handlersOf = (container: Field): readonly Field[] => [
  ...PROBES.map((probe) => container.at(probe)),
  ...HOOKS.map((hook) => container.at("lifecycle", hook)),
];

const probeHosts = (spec: Field): readonly Finding[] =>
  each(
    containers(spec)
      .flatMap(handlersOf)
      .flatMap((handler) => HANDLERS.map((kind) => handler.at(kind, "host"))),
    (host) => violatedIf(host.isSet && !host.is(""), host, "the kubelet is sent to a host other than the pod"),
  );

const hostProcess = (spec: Field): readonly Finding[] =>
  each(securityContexts(spec), (context) => {
    const flag = context.at("windowsOptions", "hostProcess");
    return violatedIf(flag.is(true), flag, "the container is a process of its Windows node");
  });

/** In a user namespace of its own a pod may mount proc unmasked (`baseline`); `restricted` never lets it. */
const procMount = (spec: Field): readonly Finding[] =>
  each(containers(spec), (container) => {
    const mount = container.at("securityContext", "procMount");
    const masked = !mount.isSet || mount.is("Default");
    return masked ? [] : [violated(mount, `wants "Default", got ${mount.shape}`)];
  });

const baselineProcMount = (spec: Field): readonly Finding[] => (hasOwnUsers(spec) ? [] : procMount(spec));

export const POD_HOST_RULES: readonly Rule[] = [
  podRule(
    {
      id: "pod-privileged",
      severity: "critical",
      standards: ["pss-baseline", "nsa", "cis-eks", "cis-aks"],
      title: "No container may be privileged.",
      why: "A privileged container is root on its node.",
      remedy: "leave securityContext.privileged out; add the one capability that is needed instead",
    },
    privileged,
  ),
  podRule(
    {
      id: "pod-host-namespaces",
      severity: "critical",
      standards: ["pss-baseline", "nsa", "cis-eks", "cis-aks"],
      title: "No pod may share the network, processes or IPC of its node.",
      why: "It would see the node's traffic and processes, and no NetworkPolicy would apply to it.",
      remedy: "remove hostNetwork, hostPID and hostIPC",
    },
    hostNamespaces,
  ),
  podRule(
    {
      id: "pod-host-ports",
      severity: "high",
      standards: ["pss-baseline"],
      title: "No container may take a port of its node.",
      why: "A host port is reachable past Services and load balancers, and ties pods to nodes.",
      remedy: "remove hostPort and publish the pod through a Service",
    },
    hostPorts,
  ),
  podRule(
    {
      id: "pod-host-path",
      severity: "critical",
      standards: ["pss-baseline", "nsa"],
      title: "No pod may mount a directory of its node.",
      why: "A path of the node leads to other pods' data, the kubelet's credentials or the container runtime's socket.",
      remedy: "use a persistentVolumeClaim, emptyDir or projected volume; node agents need a waiver that names them",
    },
    hostPaths,
  ),
  podRule(
    {
      id: "pod-probe-hosts",
      severity: "medium",
      standards: ["pss-baseline"],
      title: "Probes and lifecycle hooks must go to the pod itself.",
      why: "A host in a probe makes the kubelet call any address for whoever may create pods.",
      remedy: "remove host from httpGet and tcpSocket",
    },
    probeHosts,
  ),
  podRule(
    {
      id: "pod-host-process",
      severity: "critical",
      standards: ["pss-baseline"],
      title: "No Windows container may run as a process of its node.",
      why: "A HostProcess container has the node's rights.",
      remedy: "remove windowsOptions.hostProcess",
    },
    hostProcess,
  ),
  podRule(
    {
      id: "pod-proc-mount-baseline",
      severity: "high",
      standards: ["pss-baseline"],
      title: "The proc filesystem must be masked, unless the pod has its own user namespace.",
      why: "Unmasked, proc shows and changes what belongs to the kernel.",
      remedy: "leave securityContext.procMount out",
    },
    baselineProcMount,
  ),
  podRule(
    {
      id: "pod-proc-mount-restricted",
      severity: "high",
      standards: ["pss-restricted"],
      title: "The proc filesystem must be masked.",
      why: "Unmasked, proc shows and changes what belongs to the kernel.",
      remedy: "leave securityContext.procMount out",
    },
    procMount,
  ),
];
