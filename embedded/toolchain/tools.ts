/**
 * Owns the table of tools: which version, what it is built from, where else it may come from, what building it takes.
 * Knows nothing of how that is done. Minutes, disk and memory were measured once on two cores; they are a model.
 */

import type { Size } from "../../graph/units";

/** The control plane's processes, in the order they are built. */
export const PLANE_TOOLS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export const TOOL_NAMES = ["pulumi", ...PLANE_TOOLS] as const;

/** What only the disaster-recovery drill runs: Velero, and its plugin for S3. */
export const DRILL_TOOLS = ["velero", "velero-plugin-for-aws"] as const;

export type PlaneTool = (typeof PLANE_TOOLS)[number];
export type DrillTool = (typeof DRILL_TOOLS)[number];
export type ToolName = (typeof TOOL_NAMES)[number] | DrillTool;

/** Which version of a tool found outside the cache will do, and what happens to one that will not. */
export type Suits =
  /** At least this version of the same major one; anything older is refused, so that nobody runs an engine unawares. */
  | { readonly rule: "minimum"; readonly version: string; readonly override: string }
  /** The same major and minor version; any other is passed over. */
  | { readonly rule: "same minor" };

export interface Tool {
  readonly name: string;
  /** As the tool itself prints it, without a leading `v`. */
  readonly version: string;
  /** Folder of the go.mod that pins everything it is built from: below embedded/toolchain, or absolute. */
  readonly module: string;
  /** The Go package of its main function. */
  readonly package: string;
  readonly ldflags: readonly string[];
  /** Arguments that make it print its version. @default - it prints none: then only one built here is used, unasked */
  readonly asks?: readonly string[];
  readonly suits: Suits;
  /** An environment variable naming a folder that is searched before PATH. */
  readonly folderVariable?: string;
  /** Has an installer of its own, tried before building. */
  readonly installer?: "pulumi";
  readonly build: BuildCost;
}

export interface BuildCost {
  /** On two cores, with an empty build cache, without the download. */
  readonly minutes: number;
  /** What the Go build and module caches grow by. */
  readonly disk: Size;
  /** The highest use at once, when the linker runs. */
  readonly memory: Size;
  /** The finished binary. */
  readonly binary: Size;
}

/** The first of the ports the control plane listens on, on 127.0.0.1; `KEELSON_PORT` moves them. */
export const DEFAULT_PORT = 26_443;
/** How many follow one another. */
export const PORT_COUNT = 6;

/** The oldest engine that is known to run the programs, the policy pack and the stand-in providers. */
export const MINIMUM_ENGINE = "3.250.0";

const STRIPPED = ["-s", "-w"];
const KUBERNETES = "1.36.3";
const VELERO = "1.18.3";

const kubernetesFlags = [
  ...STRIPPED,
  `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`,
  "-X k8s.io/component-base/version.gitMajor=1",
  "-X k8s.io/component-base/version.gitMinor=36",
];

const kubernetes = (name: PlaneTool, build: BuildCost): Tool => ({
  name,
  version: KUBERNETES,
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: kubernetesFlags,
  asks: ["--version"],
  suits: { rule: "same minor" },
  folderVariable: "KUBEBUILDER_ASSETS",
  build,
});

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  pulumi: {
    name: "pulumi",
    version: "3.250.0",
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: [...STRIPPED, "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=3.250.0"],
    asks: ["version"],
    suits: { rule: "minimum", version: MINIMUM_ENGINE, override: "KEELSON_ENGINE" },
    installer: "pulumi",
    build: { minutes: 4, disk: "3 GiB", memory: "3 GiB", binary: "110 MiB" },
  },
  etcd: {
    name: "etcd",
    version: "3.6.6",
    module: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    ldflags: STRIPPED,
    asks: ["--version"],
    suits: { rule: "same minor" },
    folderVariable: "KUBEBUILDER_ASSETS",
    build: { minutes: 0.6, disk: "400 MiB", memory: "1 GiB", binary: "26 MiB" },
  },
  "kube-apiserver": kubernetes("kube-apiserver", {
    minutes: 4,
    disk: "2 GiB",
    memory: "2 GiB",
    binary: "102 MiB",
  }),
  "kube-controller-manager": kubernetes("kube-controller-manager", {
    minutes: 1,
    disk: "600 MiB",
    memory: "2 GiB",
    binary: "92 MiB",
  }),
  "kube-scheduler": kubernetes("kube-scheduler", {
    minutes: 0.2,
    disk: "100 MiB",
    memory: "1 GiB",
    binary: "70 MiB",
  }),
  kwok: {
    name: "kwok",
    version: "0.7.0",
    module: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    ldflags: STRIPPED,
    asks: ["--version"],
    suits: { rule: "same minor" },
    folderVariable: "KUBEBUILDER_ASSETS",
    build: { minutes: 1.5, disk: "800 MiB", memory: "2 GiB", binary: "84 MiB" },
  },
  velero: {
    name: "velero",
    version: VELERO,
    module: "velero",
    package: "github.com/vmware-tanzu/velero/cmd/velero",
    ldflags: [...STRIPPED, `-X github.com/vmware-tanzu/velero/pkg/buildinfo.Version=v${VELERO}`],
    asks: ["version", "--client-only"],
    suits: { rule: "same minor" },
    build: { minutes: 2.7, disk: "1500 MiB", memory: "2 GiB", binary: "120 MiB" },
  },
  "velero-plugin-for-aws": {
    name: "velero-plugin-for-aws",
    version: "1.14.3",
    module: "velero-plugin-for-aws",
    package: "github.com/vmware-tanzu/velero-plugin-for-aws/velero-plugin-for-aws",
    ldflags: STRIPPED,
    suits: { rule: "same minor" },
    build: { minutes: 2.5, disk: "800 MiB", memory: "2 GiB", binary: "80 MiB" },
  },
};
