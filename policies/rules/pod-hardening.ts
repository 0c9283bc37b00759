/** What a container may do at most. Rules tagged `pss-…` judge as Pod Security of Kubernetes 1.36 does, Windows included. */
import { eachContainer } from "../admission/form";
import { containers, isWindows } from "../kubernetes/pods";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

const BASELINE_CAPABILITIES: ReadonlySet<string | undefined> = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Pod Security asks these of Linux pods only. */
const linuxOnly =
  (check: (spec: Field) => readonly Finding[]) =>
  (spec: Field): readonly Finding[] =>
    isWindows(spec) ? [] : check(spec);

const escalation = (spec: Field): readonly Finding[] =>
  each(containers(spec), (container) => {
    const flag = container.at("securityContext", "allowPrivilegeEscalation");
    return violatedIf(!flag.is(false), flag, `wants false, got ${flag.shape}`);
  });

const addedCapabilities = (container: Field): readonly Field[] =>
  container.at("securityContext", "capabilities", "add").items;

const baselineCapabilities = (spec: Field): readonly Finding[] =>
  each(containers(spec).flatMap(addedCapabilities), (capability) =>
    violatedIf(!BASELINE_CAPABILITIES.has(capability.text), capability, "this capability reaches beyond the container"),
  );

const dropsAll = (container: Field): readonly Finding[] => {
  const drop = container.at("securityContext", "capabilities", "drop");
  return violatedIf(!drop.items.some((name) => name.is("ALL")), drop, 'wants a list with "ALL"');
};

const restrictedCapabilities = (spec: Field): readonly Finding[] => [
  ...each(containers(spec), dropsAll),
  ...each(containers(spec).flatMap(addedCapabilities), (capability) =>
    violatedIf(!capability.is("NET_BIND_SERVICE"), capability, "only NET_BIND_SERVICE may be added"),
  ),
];

const isConfined = (profile: Field): boolean =>
  profile.at("type").is("RuntimeDefault") || profile.at("type").is("Localhost");

const profileOf = (holder: Field): Field => holder.at("securityContext", "seccompProfile");

const badProfile = (profile: Field): readonly Finding[] =>
  violatedIf(profile.isSet && !isConfined(profile), profile.at("type"), "wants RuntimeDefault or Localhost");

const baselineSeccomp = (spec: Field): readonly Finding[] =>
  each([spec, ...containers(spec)].map(profileOf), badProfile);

const restrictedSeccomp = (spec: Field): readonly Finding[] => [
  ...baselineSeccomp(spec),
  ...each(containers(spec).map(profileOf), (profile) =>
    violatedIf(
      !profile.isSet && !isConfined(profileOf(spec)),
      profile,
      "neither the container nor its pod names a profile",
    ),
  ),
];

/** A volume of no type is an emptyDir: the API server makes it one. */
const volumeTypes = (spec: Field): readonly Finding[] =>
  each(spec.at("volumes").items, (volume) => {
    const types = volume.entries.filter(([key, field]) => key !== "name" && field.isSet).map(([key]) => key);
    return violatedIf(
      !types.every((type) => VOLUME_TYPES.has(type)),
      volume,
      "this type of volume reaches outside the pod",
    );
  });

const readOnlyRoot = (spec: Field): readonly Finding[] =>
  each(containers(spec), (container) => {
    const flag = container.at("securityContext", "readOnlyRootFilesystem");
    return violatedIf(!flag.is(true), flag, `wants true, got ${flag.shape}`);
  });

export const POD_HARDENING_RULES: readonly Rule[] = [
  podRule(
    {
      id: "pod-privilege-escalation",
      severity: "high",
      standards: ["pss-restricted", "nsa", "cis-eks", "cis-aks"],
      title: "Every container must rule out privilege escalation.",
      why: "A set-user-id binary would hand a process more rights than its parent has.",
      remedy: "set securityContext.allowPrivilegeEscalation: false on every container",
    },
    linuxOnly(escalation),
  ),
  podRule(
    {
      id: "pod-capabilities-baseline",
      severity: "high",
      standards: ["pss-baseline"],
      title: "Only capabilities of the container runtime's default set may be added.",
      why: "Others, such as SYS_ADMIN, are as good as root on the node.",
      remedy: "remove the capability",
    },
    baselineCapabilities,
  ),
  podRule(
    {
      id: "pod-capabilities-restricted",
      severity: "high",
      standards: ["pss-restricted", "nsa", "cis-eks", "cis-aks"],
      title: "Every container must drop all capabilities, and add at most NET_BIND_SERVICE.",
      why: "The default set still lets a process forge packets and change owners.",
      remedy: 'set securityContext.capabilities.drop: ["ALL"] on every container',
    },
    linuxOnly(restrictedCapabilities),
  ),
  podRule(
    {
      id: "pod-seccomp-baseline",
      severity: "high",
      standards: ["pss-baseline"],
      title: "No pod or container may switch system call filtering off.",
      why: "Unconfined, a process can reach every system call of the node's kernel.",
      remedy: "set seccompProfile.type: RuntimeDefault",
    },
    baselineSeccomp,
  ),
  podRule(
    {
      id: "pod-seccomp-restricted",
      severity: "medium",
      standards: ["pss-restricted", "nsa"],
      title: "System calls must be filtered by a named profile.",
      why: "Without a profile the node's configuration decides, and by default that is none.",
      remedy: "set securityContext.seccompProfile.type: RuntimeDefault on the pod",
    },
    linuxOnly(restrictedSeccomp),
  ),
  podRule(
    {
      id: "pod-volume-types",
      severity: "medium",
      standards: ["pss-restricted"],
      title: "Volumes must be of a type that stays inside the pod or goes through a claim.",
      why: "In-line network disks carry their own addresses and credentials past storage classes.",
      remedy: "use a persistentVolumeClaim",
    },
    volumeTypes,
  ),
  podRule(
    {
      id: "pod-read-only-root",
      severity: "medium",
      standards: ["nsa"],
      title: "The root filesystem of every container must be read-only.",
      why: "An intruder cannot replace binaries or leave tools behind.",
      admission: eachContainer("c.?securityContext.?readOnlyRootFilesystem.orValue(false)"),
      remedy: "set securityContext.readOnlyRootFilesystem: true and mount an emptyDir where the program writes",
      link: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
    },
    readOnlyRoot,
  ),
];
