/** `keelson check` on many pods: reading and judging after start, and how judging grows with the number of objects. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { parseManifests } from "../../cli/manifests/manifests";
import { judge } from "../../policies/judge";
import { type Figure, type Section } from "./figures";
import { median, milliseconds } from "./measure";
import { ROOT } from "./site";

const PODS_PER_NAMESPACE = 50;

const container = (name: string) => ({
  name,
  image: "registry.example/app:1.2.3",
  ports: [{ name: "http", containerPort: 8080 }],
  env: [{ name: "ORDERS_HOST", value: "orders.data" }],
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

const pod = (nth: number, namespace: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: `pod-${nth}`, namespace, labels: { app: `app-${nth % 10}` } },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container("app"), ...(nth % 3 === 0 ? [container("helper")] : [])],
  },
});

const policy = (namespace: string, nth: number) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: `app-${nth}`, namespace },
  spec: { podSelector: { matchLabels: { app: `app-${nth}` } }, policyTypes: ["Ingress", "Egress"] },
});

/** Pods in namespaces of fifty, each covered by one of ten policies beside it: the joins have something to look for. */
function pods(count: number): readonly object[] {
  const all = Array.from({ length: count }, (_, nth) => pod(nth, `ns-${Math.floor(nth / PODS_PER_NAMESPACE)}`));
  const namespaces = [...new Set(all.map(({ metadata }) => metadata.namespace))];
  return [...all, ...namespaces.flatMap((name) => Array.from({ length: 10 }, (_, nth) => policy(name, nth)))];
}

const yamlOf = (manifests: readonly object[]): string => manifests.map((one) => stringify(one)).join("---\n");

const SIZES = [1_000, 10_000] as const;

/** Ten times the objects in at most this many times the time: linear, with room for the collector. */
const AIM = 13;

/** Violations are an answer, too; input that cannot be used is none. */
function judged({ status }: { readonly status: number | null }): void {
  if (status !== 0 && status !== 1) throw new Error(`keelson ended with ${status}`);
}

function whole(folder: string, repeat: number): Figure {
  const path = join(folder, "pods.yaml");
  writeFileSync(path, yamlOf(pods(1_000)));
  const keelson = (args: readonly string[]): number =>
    milliseconds(() =>
      judged(spawnSync(process.execPath, [join(ROOT, "bin", "keelson"), ...args], { stdio: "ignore" })),
    );
  keelson(["help"]); // compiles anew when a source is newer
  const times = Array.from({ length: repeat }, () => keelson(["check", path, "--json"]) - keelson(["help"]));
  return { what: "keelson check, 1,000 pods in YAML, less its start", value: median(times) / 1_000, unit: "s", aim: 2 };
}

export function checking(repeat: number): Section {
  const folder = mkdtempSync(join(tmpdir(), "keelson-bench-check-"));
  try {
    const [text, list] = [yamlOf(pods(1_000)), JSON.stringify({ kind: "List", apiVersion: "v1", items: pods(1_000) })];
    const read = (source: string): number =>
      median(Array.from({ length: repeat }, () => milliseconds(() => parseManifests([{ name: "x", text: source }]))));
    judge(pods(1_000)); // what the compiler of the engine does at first is no growth
    const times = SIZES.map((size) => {
      const manifests = pods(size);
      return median(Array.from({ length: repeat }, () => milliseconds(() => judge(manifests))));
    });
    const [first = NaN, last = NaN] = times;
    const judging = SIZES.map((size, at): Figure => ({
      what: `judging, ${size} pods`,
      value: times[at] ?? NaN,
      unit: "ms",
    }));
    return {
      title: "checking manifests",
      figures: [
        whole(folder, repeat),
        { what: "reading, 1,000 pods in YAML", value: read(text), unit: "ms" },
        { what: "reading, 1,000 pods as a list in JSON", value: read(list), unit: "ms" },
        ...judging,
        { what: `judging, from ${SIZES[0]} to ${SIZES[1]} pods`, value: last / first, unit: "times", aim: AIM },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
