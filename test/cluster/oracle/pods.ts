/** Pods that the oracle begins with: every one the program renders, and the test data of Pod Security's own module. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { ToolContext } from "../../../embedded/toolchain/context";
import { moduleFolder } from "../../../embedded/toolchain/modules";
import { at, DEV, PROD } from "../../objects/stacks";
import { put, type Fields } from "./edit";

/** A pod or a pod template, by what it was made from. */
export interface Origin {
  readonly from: string;
  readonly pod: Template;
}

export interface Template {
  readonly metadata: Fields;
  readonly spec: Fields;
}

const TEMPLATES: readonly (readonly string[])[] = [
  ["spec", "template"],
  ["spec", "jobTemplate", "spec", "template"],
];

const isTemplate = (value: unknown): value is Template =>
  typeof value === "object" && value !== null && Array.isArray(at(value, "spec", "containers"));

/** In a namespace of its own a pod has no account but the default one. */
const plain = ({ metadata, spec }: Template): Template => ({
  metadata: metadata ?? {},
  spec: { ...spec, serviceAccountName: "default" },
});

/** The pods of `shop`, dev and prod, whatever kind makes them. */
export const programPods = (): readonly Origin[] =>
  [DEV, PROD].flatMap(({ name, objects }) =>
    objects.flatMap(({ manifest }) =>
      TEMPLATES.map((path) => at(manifest, ...path))
        .filter(isTemplate)
        .map((pod) => ({ from: `${name} ${manifest.kind} ${manifest.metadata.name}`, pod: plain(pod) })),
    ),
  );

/**
 * The pods by which Pod Security tests itself, of every version, each once. None is of this repository; the verdict is
 * asked of the API server, not read from the folder's name.
 */
export async function modulePods(version: string, context: ToolContext): Promise<readonly Origin[]> {
  const module = "k8s.io/pod-security-admission";
  const folder = join(await moduleFolder({ module, version }, context), "test", "testdata");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".yaml")).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  const unique = new Map(texts.map((text, index) => [text.replace(/^ {2}name: .*$/m, ""), files[index] ?? ""]));
  return [...unique].map(([text, from]) => ({ from, pod: plain(parse(text) as Template) }));
}

/** A pod that meets `restricted`, as small as can be. */
export const CONFINED: Template = {
  metadata: {},
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "app",
        image: "registry.example/app:1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
};

/** The same for Windows, which has none of the settings of Linux. */
export const WINDOWS: Template = {
  metadata: {},
  spec: {
    os: { name: "windows" },
    securityContext: { runAsNonRoot: true },
    containers: [{ name: "app", image: "registry.example/app:1" }],
  },
};

/** The same in a user namespace of its own. */
export const OWN_USERS: Template = put(CONFINED, ["spec", "hostUsers"], false);
