/**
 * Small changes to a pod, each in one control of Pod Security or in what relaxes it: allowed values, forbidden ones, and the
 * forms that are easily taken for another (null, absent, empty). A change may make a pod invalid; the API server says so.
 */
import fc, { type Arbitrary } from "fast-check";
import { list, look, put, without, type Fields, type Path } from "./edit";
import { controlsOf } from "./controls";
import type { Origin, Template } from "./pods";

export interface Edit {
  readonly name: string;
  readonly apply: (pod: Template) => Template;
}

export interface Case {
  readonly name: string;
  readonly pod: Template;
}

/** Takes a field away; `null` leaves it there and empty. */
const ABSENT = undefined;

const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));

const set = (path: Path, value: unknown): Edit => ({
  name: `${path.join(".")}=${shown(value)}`,
  apply: (pod) => put(pod, ["spec", ...path], value),
});

const sequence = (name: string, edits: readonly Edit[]): Edit => ({
  name,
  apply: (pod) => edits.reduce((changed, { apply }) => apply(changed), pod),
});

const LISTS = ["containers", "initContainers"] as const;

/** A change to one container, written as if the container were the spec; an init container is made where there is none. */
const inContainer = (which: number, edit: Edit): Edit => {
  const kind = LISTS[which % LISTS.length] ?? "containers";
  return {
    name: `${kind} ${edit.name}`,
    apply: (pod) => {
      const filled = list(look(pod, ["spec", kind])).length > 0 ? pod : put(pod, ["spec", kind], [copyOfFirst(pod)]);
      const path = ["spec", kind, which % list(look(filled, ["spec", kind])).length];
      return put(filled, path, edit.apply({ metadata: {}, spec: look(filled, path) as Fields }).spec);
    },
  };
};

/** Init containers that end have neither probes nor hooks. */
const copyOfFirst = (pod: Template): Fields => {
  const fields = without(look(pod, ["spec", "containers", 0]), [...LONG_RUNNING]);
  return { ...fields, name: "made" };
};

const LONG_RUNNING = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] as const;

const somewhere = (edit: Arbitrary<Edit>): Arbitrary<Edit> =>
  fc.tuple(fc.nat(5), edit).map(([which, change]) => inContainer(which, change));

const oneOf = (path: Path, values: readonly unknown[]): Arbitrary<Edit> =>
  fc.constantFrom(...values).map((value) => set(path, value));

/** A security setting of the pod or of one container. */
const either = (field: string, values: readonly unknown[]): Arbitrary<Edit> =>
  fc.oneof(oneOf(["securityContext", field], values), somewhere(oneOf(["securityContext", field], values)));

const ofContainer = (path: Path, values: readonly unknown[]): Arbitrary<Edit> => somewhere(oneOf(path, values));

const SECCOMP = [
  { type: "RuntimeDefault" },
  { type: "Localhost", localhostProfile: "p.json" },
  { type: "Unconfined" },
  null,
  ABSENT,
];
const APPARMOR = [
  { type: "RuntimeDefault" },
  { type: "Localhost", localhostProfile: "p" },
  { type: "Unconfined" },
  null,
  ABSENT,
];
const SELINUX = [
  {},
  { level: "s0:c1,c2" },
  { type: "" },
  ...["container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", "Container_t"].map(
    (type) => ({ type }),
  ),
  { user: "u" },
  { role: "r" },
  { type: "container_t", user: null, role: "" },
  null,
  ABSENT,
];

const CAPABILITIES = [
  ...["AUDIT_WRITE", "CHOWN", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SYS_CHROOT"],
  ...["NET_RAW", "NET_ADMIN", "SYS_TIME", "SYS_PTRACE", "ALL", "chown", "CAP_CHOWN", "BPF"],
];

const capabilities = fc
  .record({
    drop: fc.constantFrom<unknown>(["ALL"], ["NET_RAW", "ALL"], ["NET_RAW"], ["all"], [], null, ABSENT),
    add: fc.oneof(fc.constantFrom<unknown>(null, ABSENT, []), fc.subarray(CAPABILITIES, { maxLength: 2 })),
  })
  .map(({ drop, add }) => ({ ...(drop === ABSENT ? {} : { drop }), ...(add === ABSENT ? {} : { add }) }));

const capabilityEdit = fc
  .oneof(capabilities, fc.constantFrom(null, {}, ABSENT))
  .map((value) => set(["securityContext", "capabilities"], value));

/** Privileged needs escalation to be possible: the pod would be invalid. */
const privileged = fc
  .tuple(fc.constantFrom(true, false, null), fc.constantFrom<unknown>(true, ABSENT))
  .map(([flag, escalation]) =>
    sequence(`privileged=${shown(flag)}`, [
      set(["securityContext", "privileged"], flag),
      ...(flag === true ? [set(["securityContext", "allowPrivilegeEscalation"], escalation)] : []),
    ]),
  );

const VOLUMES: readonly Fields[] = [
  { emptyDir: {} },
  {},
  { emptyDir: null },
  { configMap: { name: "c" } },
  { secret: { secretName: "s" } },
  { downwardAPI: { items: [] } },
  { projected: { sources: [] } },
  { persistentVolumeClaim: { claimName: "c" } },
  { csi: { driver: "d.example" } },
  { image: { reference: "registry.example/data:1" } },
  {
    ephemeral: {
      volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    },
  },
  { hostPath: { path: "/var/log" } },
  { hostPath: { path: "/", type: "Directory" } },
  { nfs: { server: "s", path: "/" } },
  { iscsi: { targetPortal: "1.2.3.4:3260", iqn: "iqn.2001-04.com.example:s", lun: 0 } },
  { awsElasticBlockStore: { volumeID: "v" } },
  { gcePersistentDisk: { pdName: "d" } },
  { azureDisk: { diskName: "d", diskURI: "https://blob/x" } },
  { azureFile: { secretName: "s", shareName: "n" } },
  { cephfs: { monitors: ["m"] } },
  { cinder: { volumeID: "v" } },
  { fc: { targetWWNs: ["w"], lun: 0 } },
  { flexVolume: { driver: "d/e" } },
  { flocker: { datasetName: "d" } },
  { gitRepo: { repository: "https://git.example/r" } },
  { glusterfs: { endpoints: "e", path: "p" } },
  { photonPersistentDisk: { pdID: "p" } },
  { portworxVolume: { volumeID: "v" } },
  { quobyte: { registry: "r:1", volume: "v" } },
  { rbd: { monitors: ["m"], image: "i" } },
  { scaleIO: { gateway: "g", system: "s", secretRef: { name: "n" }, volumeName: "v" } },
  { storageos: { volumeName: "v" } },
  { vsphereVolume: { volumePath: "p" } },
];

const volumeEdit = fc.tuple(fc.constantFrom(...VOLUMES), fc.nat(99)).map(([source, number]): Edit => ({
  name: `volume ${JSON.stringify(source)}`,
  apply: (pod) =>
    put(pod, ["spec", "volumes"], [...list(look(pod, ["spec", "volumes"])), { name: `oracle-${number}`, ...source }]),
}));

const SYSCTLS = [
  ...["kernel.shm_rmid_forced", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.tcp_rmem"],
  ...["net.ipv4.tcp_wmem", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_fin_timeout"],
  ...["net.ipv4.tcp_keepalive_time", "kernel.msgmax", "net.core.somaxconn", "net.ipv4.tcp_slow_start_after_idle"],
  ...["net.ipv4.ip_forward", "net/ipv4/tcp_syncookies"],
];

const sysctlEdit = fc.subarray(SYSCTLS, { minLength: 1, maxLength: 2 }).map((names) =>
  set(
    ["securityContext", "sysctls"],
    names.map((name) => ({ name, value: "1" })),
  ),
);

const HOSTS = ["", ABSENT, null, "127.0.0.1", "other.example", "localhost", "::1"] as const;

const handler = fc
  .tuple(fc.constantFrom("httpGet", "tcpSocket"), fc.constantFrom(...HOSTS))
  .map(([kind, host]) => ({ [kind]: { port: 8080, ...(host === ABSENT ? {} : { host }) } }));
const harmless = fc.constantFrom<Fields>({ exec: { command: ["true"] } }, { grpc: { port: 8080 } });

/** A sidecar is an init container that stays, and the only kind of those that may have probes and hooks. */
const probeEdit = fc
  .tuple(
    fc.constantFrom("livenessProbe", "readinessProbe", "startupProbe"),
    fc.oneof({ weight: 4, arbitrary: handler }, { weight: 1, arbitrary: harmless }),
    fc.boolean(),
  )
  .map(([probe, value, sidecar]) => onLongRunner(sidecar, set([probe], value)));

const hookEdit = fc
  .tuple(
    fc.constantFrom("postStart", "preStop"),
    fc.oneof({ weight: 4, arbitrary: handler }, { weight: 1, arbitrary: fc.constant({ sleep: { seconds: 1 } }) }),
    fc.boolean(),
  )
  .map(([hook, value, sidecar]) => onLongRunner(sidecar, set(["lifecycle", hook], value)));

const onLongRunner = (sidecar: boolean, edit: Edit): Edit =>
  sidecar
    ? sequence(`sidecar ${edit.name}`, [inContainer(1, set(["restartPolicy"], "Always")), inContainer(1, edit)])
    : inContainer(0, edit);

const portEdit = somewhere(
  fc
    .constantFrom<unknown>(0, ABSENT, null, 80, 8080)
    .map((hostPort) => set(["ports"], [{ containerPort: 8080, ...(hostPort === ABSENT ? {} : { hostPort }) }])),
);

const annotationEdit = fc
  .tuple(
    fc.constantFrom(
      "container.apparmor.security.beta.kubernetes.io/",
      "container.seccomp.security.alpha.kubernetes.io/",
    ),
    fc.constantFrom("runtime/default", "localhost/p", "unconfined", "", "docker/default"),
  )
  .map(([prefix, value]): Edit => ({
    name: `annotation ${prefix} ${value}`,
    apply: (pod) => {
      const named = String(look(pod, ["spec", "containers", 0, "name"]));
      return put(pod, ["metadata", "annotations", `${prefix}${named}`], value);
    },
  }));

/** An unmasked proc needs a user namespace of the pod's own; the API server refuses it otherwise, before Pod Security. */
const procEdit = fc
  .tuple(fc.nat(5), fc.constantFrom("Default", "Unmasked", null), fc.constantFrom<unknown>(false, false, true, ABSENT))
  .map(([which, mount, hostUsers]) =>
    sequence(`procMount=${shown(mount)} hostUsers=${shown(hostUsers)}`, [
      set(["hostUsers"], hostUsers),
      inContainer(which, set(["securityContext", "procMount"], mount)),
    ]),
  );

/** In a user namespace of its own a pod may be what it may not be elsewhere. */
const usersEdit = fc
  .tuple(
    fc.constantFrom<unknown>(false, false, true, null, ABSENT),
    fc.constantFrom<unknown>(0, 1, ABSENT),
    fc.boolean(),
  )
  .map(([hostUsers, user, isRoot]) =>
    sequence(`hostUsers=${shown(hostUsers)} runAsUser=${shown(user)} root=${isRoot}`, [
      set(["hostUsers"], hostUsers),
      set(["securityContext", "runAsUser"], user),
      ...(isRoot ? [set(["securityContext", "runAsNonRoot"], false)] : []),
    ]),
  );

const LINUX_ONLY = {
  pod: [
    "seccompProfile",
    "seLinuxOptions",
    "appArmorProfile",
    "sysctls",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsUser",
  ],
  group: ["runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy"],
  container: ["capabilities", "seccompProfile", "seLinuxOptions", "appArmorProfile", "procMount", "privileged"],
  rest: ["readOnlyRootFilesystem", "allowPrivilegeEscalation", "runAsUser", "runAsGroup"],
};

const windowsContainer = (container: unknown, more: Fields): Fields => {
  const { securityContext, ...rest } = container as Fields;
  return {
    ...rest,
    securityContext: { ...without(securityContext, [...LINUX_ONLY.container, ...LINUX_ONLY.rest]), ...more },
  };
};

/** A pod for Windows: the API server refuses settings of Linux in one. */
const toWindows = (pod: Template, own: Fields, each: Fields): Template => {
  const spec = without(pod.spec, ["hostUsers", "hostPID", "hostIPC"]);
  const lists = Object.fromEntries(
    LISTS.filter((kind) => kind in spec).map((kind) => [
      kind,
      list(spec[kind]).map((one) => windowsContainer(one, each)),
    ]),
  );
  const securityContext = { ...without(spec["securityContext"], [...LINUX_ONLY.pod, ...LINUX_ONLY.group]), ...own };
  return { ...pod, spec: { ...spec, ...lists, os: { name: "windows" }, securityContext } };
};

const HOST_PROCESS = { windowsOptions: { hostProcess: true, runAsUserName: "NT AUTHORITY\\SYSTEM" } };

/** A process of its node shares the node's network: the API server wants both said. */
const windowsEdit = fc.constantFrom<Edit>(
  { name: "windows", apply: (pod) => toWindows(pod, {}, {}) },
  { name: "windows by a user", apply: (pod) => toWindows(pod, { windowsOptions: { runAsUserName: "u" } }, {}) },
  { name: "windows that may be root", apply: (pod) => toWindows(pod, { runAsNonRoot: false }, {}) },
  {
    name: "windows without a context",
    apply: (pod) => put(toWindows(pod, {}, {}), ["spec", "securityContext"], ABSENT),
  },
  {
    name: "windows host processes, said by the pod",
    apply: (pod) => put(toWindows(pod, HOST_PROCESS, {}), ["spec", "hostNetwork"], true),
  },
  {
    name: "windows host processes, said by each container",
    apply: (pod) => put(toWindows(pod, {}, HOST_PROCESS), ["spec", "hostNetwork"], true),
  },
  {
    name: "windows host processes, ruled out",
    apply: (pod) => toWindows(pod, {}, { windowsOptions: { hostProcess: false } }),
  },
);

const contextEdit = fc.oneof(
  oneOf(["securityContext"], [ABSENT, null, {}]),
  somewhere(oneOf(["securityContext"], [ABSENT, null, {}])),
);

const FLAGS = ["hostNetwork", "hostPID", "hostIPC"] as const;

/** Every kind of change, each as likely as its weight. */
const edit: Arbitrary<Edit> = fc.oneof(
  ...FLAGS.map((flag) => oneOf([flag], [true, false, null])),
  ...[
    somewhere(privileged),
    somewhere(capabilityEdit),
    somewhere(capabilityEdit),
    volumeEdit,
    volumeEdit,
    sysctlEdit,
    probeEdit,
    probeEdit,
  ],
  ...[hookEdit, portEdit, annotationEdit, procEdit, usersEdit, windowsEdit, contextEdit],
  either("runAsNonRoot", [true, false, null, ABSENT]),
  either("runAsUser", [0, 1, 65_534, null, ABSENT]),
  either("seccompProfile", SECCOMP),
  either("appArmorProfile", APPARMOR),
  either("seLinuxOptions", SELINUX),
  ofContainer(["securityContext", "allowPrivilegeEscalation"], [true, false, null, ABSENT]),
  ofContainer(["securityContext", "procMount"], ["Default", "Unmasked", null, ABSENT]),
);

/** Mostly pods that meet `restricted`: whatever is then refused, the change did. */
const origin = (origins: readonly Origin[]): Arbitrary<Origin> => {
  const sound = origins.filter(
    ({ pod }) => controlsOf({ apiVersion: "v1", kind: "Pod", ...pod }, "restricted").length === 0,
  );
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...sound) },
    { weight: 1, arbitrary: fc.constantFrom(...origins) },
  );
};

const edits: Arbitrary<readonly Edit[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(edit) },
  { weight: 2, arbitrary: fc.tuple(edit, edit) },
  { weight: 1, arbitrary: fc.tuple(edit, edit, edit) },
);

const cases = (origins: readonly Origin[]): Arbitrary<Case> =>
  fc.tuple(origin(origins), edits).map(([{ from, pod }, changes]) => ({
    name: [from, ...changes.map(({ name }) => name)].join("; "),
    pod: sequence("", changes).apply(pod),
  }));

export interface Wanted {
  readonly seed: number;
  readonly count: number;
}

/** Pods changed at random in up to three places; the same for the same seed. */
export const mutated = (origins: readonly Origin[], { seed, count }: Wanted): readonly Case[] =>
  fc.sample(cases(origins), { seed, numRuns: count });

/** Containers to add to a running pod: they know no ports, probes or hooks. */
const ephemeral: Arbitrary<readonly Edit[]> = fc.array(
  fc.oneof(
    ...[privileged, capabilityEdit],
    oneOf(["securityContext"], [ABSENT, null, {}]),
    oneOf(["securityContext", "runAsNonRoot"], [true, false, null, ABSENT]),
    oneOf(["securityContext", "runAsUser"], [0, 1, null, ABSENT]),
    oneOf(["securityContext", "seccompProfile"], SECCOMP),
    oneOf(["securityContext", "appArmorProfile"], APPARMOR),
    oneOf(["securityContext", "seLinuxOptions"], SELINUX),
    oneOf(["securityContext", "allowPrivilegeEscalation"], [true, false, null, ABSENT]),
    oneOf(["securityContext", "procMount"], ["Default", "Unmasked", ABSENT]),
    oneOf(["securityContext", "windowsOptions"], [{ hostProcess: true }, { hostProcess: false }]),
  ),
  { minLength: 1, maxLength: 2 },
);

const DEBUG: Template = {
  metadata: {},
  spec: {
    name: "debug",
    image: "registry.example/debug:1",
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  },
};

export const ephemeralContainers = ({ seed, count }: Wanted): readonly { name: string; container: Fields }[] =>
  fc.sample(ephemeral, { seed, numRuns: count }).map((edits) => ({
    name: edits.map(({ name }) => name).join("; "),
    container: sequence("", edits).apply(DEBUG).spec,
  }));
