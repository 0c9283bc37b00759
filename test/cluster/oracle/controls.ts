/**
 * What Pod Security calls a control, in its words and in ours. The API server names the controls a pod breaks, so that two
 * refusals are compared by their reasons, not only by being refusals.
 */
import { judge } from "../../../policies/judge";
import { look } from "./edit";

export const LEVELS = ["baseline", "restricted"] as const;
export type Level = (typeof LEVELS)[number];

/** The server's reason, and the rules that judge it. A control of `restricted` stands in for the weaker one of `baseline`. */
const CONTROLS = {
  privileged: { says: /\bprivileged \(/, rules: ["pod-privileged"] },
  "host namespaces": { says: /\bhost namespaces \(/, rules: ["pod-host-namespaces"] },
  "host ports": { says: /\bhostPort \(/, rules: ["pod-host-ports"] },
  "probe and hook hosts": { says: /\bprobe or lifecycle hosts? \(/, rules: ["pod-probe-hosts"] },
  "host processes": { says: /\bhostProcess \(/, rules: ["pod-host-process"] },
  volumes: {
    says: /\b(hostPath volumes|restricted volume types) \(/,
    rules: ["pod-host-path", "pod-volume-types"],
  },
  capabilities: {
    says: /\b(non-default|unrestricted) capabilities \(/,
    rules: ["pod-capabilities-baseline", "pod-capabilities-restricted"],
  },
  "proc mount": { says: /\bprocMount \(/, rules: ["pod-proc-mount-baseline", "pod-proc-mount-restricted"] },
  seccomp: { says: /\bseccompProfile \(/, rules: ["pod-seccomp-baseline", "pod-seccomp-restricted"] },
  AppArmor: { says: /\bforbidden AppArmor profiles? \(/, rules: ["pod-apparmor"] },
  SELinux: { says: /\bseLinuxOptions \(/, rules: ["pod-selinux"] },
  sysctls: { says: /\bforbidden sysctls \(/, rules: ["pod-sysctls"] },
  "privilege escalation": { says: /\ballowPrivilegeEscalation != false \(/, rules: ["pod-privilege-escalation"] },
  "non-root": { says: /\brunAsNonRoot != true \(/, rules: ["pod-run-as-non-root"] },
  "user zero": { says: /\brunAsUser=0 \(/, rules: ["pod-run-as-user-zero"] },
} as const satisfies Readonly<Record<string, { readonly says: RegExp; readonly rules: readonly string[] }>>;

export type Control = keyof typeof CONTROLS;
export const CONTROL_NAMES = Object.keys(CONTROLS) as readonly Control[];

/** Every rule that some control stands for. */
export const JUDGED_RULES: readonly string[] = CONTROL_NAMES.flatMap((name) => CONTROLS[name].rules);

/** The controls in a refusal or a warning of the API server. */
export const controlsIn = (message: string): readonly Control[] =>
  CONTROL_NAMES.filter((name) => CONTROLS[name].says.test(message));

/**
 * On the network of its node every port of a container is a port of the node: in a pod, though not in a template, the API
 * server writes that down before Pod Security looks, and then names both controls. Either is enough; the second says nothing.
 */
export const withoutImplied = (controls: readonly Control[], spec: unknown): readonly Control[] =>
  look(spec, ["hostNetwork"]) === true && controls.includes("host namespaces")
    ? controls.filter((control) => control !== "host ports")
    : controls;

/** What cannot be broken alone: the API server takes a host process only on the host network. */
export const NEVER_ALONE: readonly Control[] = ["host processes"];

/** The controls that our rules of a level find broken; an open question would be a third answer, and there is none. */
export function controlsOf(manifest: unknown, level: Level): readonly Control[] {
  const { objects } = judge([manifest], { level });
  const broken = new Set(objects.flatMap(({ violations }) => violations.map(({ rule }) => rule)));
  if (objects.length !== 1 || objects.some(({ undecided }) => undecided.length > 0))
    throw new Error(`no clear verdict at ${level}: ${JSON.stringify(manifest)}`);
  return CONTROL_NAMES.filter((name) => CONTROLS[name].rules.some((rule) => broken.has(rule)));
}
