/** Pods leave the node's kernel as it is. Verdicts equal Pod Security's `baseline` level of Kubernetes 1.36. */
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule, securityContexts } from "./pod-rule";

const APPARMOR_TYPES: ReadonlySet<string | undefined> = new Set(["RuntimeDefault", "Localhost"]);
const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";
const APPARMOR_VALUE = /^($|runtime\/default$|localhost\/)/;

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);

/** Those that stay inside the pod's own namespaces. */
const SYSCTLS: ReadonlySet<string | undefined> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

const badProfile = (profile: Field): readonly Finding[] =>
  violatedIf(
    profile.isSet && !APPARMOR_TYPES.has(profile.at("type").text),
    profile.at("type"),
    "wants RuntimeDefault or Localhost",
  );

const badAnnotation = ([name, value]: readonly [string, Field]): readonly Finding[] =>
  name.startsWith(APPARMOR_ANNOTATION)
    ? each([value], () =>
        violatedIf(!APPARMOR_VALUE.test(value.text ?? ""), value, "wants RuntimeDefault or Localhost"),
      )
    : [];

const appArmor = (spec: Field, template: Field): readonly Finding[] => [
  ...each(
    securityContexts(spec).map((context) => context.at("appArmorProfile")),
    badProfile,
  ),
  ...each([template.at("metadata", "annotations")], (annotations) => annotations.entries.flatMap(badAnnotation)),
];

const seLinux = (spec: Field): readonly Finding[] =>
  each(
    securityContexts(spec).flatMap((context) =>
      ["type", "user", "role"].map((part) => context.at("seLinuxOptions", part)),
    ),
    (part) => violatedIf(!isLabelPart(part), part, "this label reaches beyond the container"),
  );

const isLabelPart = (part: Field): boolean =>
  part.path.endsWith(".type") ? SELINUX_TYPES.has(part.text ?? "") : (part.text ?? "") === "";

const sysctls = (spec: Field): readonly Finding[] =>
  each(
    spec.at("securityContext", "sysctls").items.map((sysctl) => sysctl.at("name")),
    (name) => violatedIf(!SYSCTLS.has(name.text), name, "this setting of the kernel reaches beyond the pod"),
  );

export const POD_KERNEL_RULES: readonly Rule[] = [
  podRule(
    {
      id: "pod-apparmor",
      severity: "high",
      standards: ["pss-baseline"],
      title: "No pod or container may switch AppArmor off.",
      why: "Unconfined, a process may touch what the runtime's profile keeps from it.",
      remedy: "leave appArmorProfile out, or set its type to RuntimeDefault",
    },
    appArmor,
  ),
  podRule(
    {
      id: "pod-selinux",
      severity: "high",
      standards: ["pss-baseline"],
      title: "SELinux labels must be of the container types, without user and role.",
      why: "Another type, user or role can lift the separation between containers and their node.",
      remedy: "leave seLinuxOptions out, or set type to container_t",
    },
    seLinux,
  ),
  podRule(
    {
      id: "pod-sysctls",
      severity: "high",
      standards: ["pss-baseline"],
      title: "Pods may change only kernel settings that are their own.",
      why: "Other settings change the node for everybody on it.",
      remedy: "remove the sysctl",
    },
    sysctls,
  ),
];
