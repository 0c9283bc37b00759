/**
 * Registers objects with Pulumi: one resource per object, of its kind's own class, depending on what `order.ts` says and on
 * what the caller adds. Refuses an object of another owner, a kind it has no class for, and two objects of one name.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Manifest, objectId } from "../../graph/manifest";
import { type Owned, repeated } from "../delivery/owned";
import { Component } from "../component";
import { type ChartName } from "./chart-names";
import { ADMISSION_KINDS, creatorOf } from "./kinds";
import { chartOf, finalisersOf, needs } from "./order";

export interface ObjectSetArgs {
  readonly objects: readonly Owned[];
  /** Charts by name, as what to depend on for their definitions and controllers. @default - none */
  readonly charts?: Partial<Readonly<Record<ChartName, readonly pulumi.Resource[]>>>;
  /** Objects registered elsewhere, by id, that objects of this set may wait for: namespaces, most of all. @default - none */
  readonly beside?: ReadonlyMap<string, pulumi.Resource>;
  /** What else one object waits for: a Secret its pods read, a managed store. @default - nothing */
  readonly after?: (manifest: Manifest) => readonly pulumi.Resource[];
  /** What none of the set may come before. @default - nothing */
  readonly dependsOn?: readonly pulumi.Resource[];
}

export class ObjectSet extends Component {
  /** What was registered here, by object id. */
  readonly byId: ReadonlyMap<string, pulumi.Resource>;

  constructor(name: string, args: ObjectSetArgs, options?: pulumi.ComponentResourceOptions) {
    super("kubernetes:ObjectSet", name, options);
    this.byId = new Registration(args, (manifest, more) => {
      const [id, childOptions] = this.child(roleOf(manifest), more);
      return creatorOf(manifest)(id, guarded(manifest), childOptions);
    }).run();
    this.registerOutputs();
  }

  /** Objects of a kind in one namespace; for `Namespace`, the namespace itself. */
  inNamespace(kind: string, namespace: string): readonly pulumi.Resource[] {
    const ids = kind === "Namespace" ? ` ${namespace}` : ` ${namespace}/`;
    return [...this.byId].flatMap(([id, made]) => (id.includes(`/${kind}${ids}`) ? [made] : []));
  }

  /** Policies of admission and their bindings. */
  get admission(): readonly pulumi.Resource[] {
    return [...this.byId].flatMap(([id, made]) =>
      ADMISSION_KINDS.some((kind) => id.includes(`/${kind} `)) ? [made] : [],
    );
  }

  /** Namespaces by name. */
  get namespaces(): ReadonlyMap<string, pulumi.Resource> {
    const prefix = "v1/Namespace ";
    return new Map(
      [...this.byId].flatMap(([id, made]) => (id.startsWith(prefix) ? [[id.slice(prefix.length), made]] : [])),
    );
  }
}

/** `deployment-order-service-order`: kind, namespace and name. Part of the URN. */
export const roleOf = ({ kind, metadata: { namespace, name } }: Manifest): string =>
  [kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join("-").replaceAll(/[^a-z0-9-]/g, "-");

/** Services without a ready pod would be waited for, and their pods may wait for them. */
function guarded(manifest: Manifest): Manifest {
  if (manifest.kind !== "Service") return manifest;
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, annotations: { ...metadata.annotations, ...SKIP_AWAIT } } };
}

const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" } as const;

/** Weights that Argo Rollouts moves between two backends: once set, they are its own. */
const movedWeights = (manifest: Manifest): readonly string[] =>
  manifest.kind !== "HTTPRoute"
    ? []
    : rulesOf(manifest["spec"]).flatMap(({ backendRefs = [] }, rule) =>
        backendRefs.length < 2 ? [] : backendRefs.map((_, ref) => `spec.rules[${rule}].backendRefs[${ref}].weight`),
      );

interface Rule {
  readonly backendRefs?: readonly unknown[];
}

const rulesOf = (spec: unknown): readonly Rule[] => (isRoute(spec) ? spec.rules : []);

const isRoute = (spec: unknown): spec is { readonly rules: readonly Rule[] } =>
  typeof spec === "object" && spec !== null && "rules" in spec && Array.isArray(spec.rules);

type CreateOne = (manifest: Manifest, options: Options) => pulumi.Resource;
type Options = { readonly dependsOn: pulumi.Resource[]; readonly ignoreChanges: string[] };

/** Creates each object after those it needs, whatever the order they were given in. */
class Registration {
  readonly #done = new Map<string, pulumi.Resource>();
  readonly #owned: ReadonlyMap<string, Owned>;

  constructor(
    readonly args: ObjectSetArgs,
    readonly create: CreateOne,
  ) {
    const twice = repeated(args.objects);
    if (twice.length > 0) throw new Error(`objects written twice: ${twice.join(", ")}`);
    this.#owned = new Map(args.objects.map((owned) => [objectId(owned.manifest), owned]));
  }

  run(): ReadonlyMap<string, pulumi.Resource> {
    const known = new Set([...this.#owned.keys(), ...(this.args.beside?.keys() ?? [])]);
    for (const id of this.#owned.keys()) this.#register(id, known, []);
    return this.#done;
  }

  #register(id: string, known: ReadonlySet<string>, waiting: readonly string[]): pulumi.Resource | undefined {
    const elsewhere = this.#done.get(id) ?? this.args.beside?.get(id);
    const owned = this.#owned.get(id);
    if (elsewhere !== undefined || owned === undefined) return elsewhere;
    if (waiting.includes(id)) throw new Error(`objects wait for each other: ${[...waiting, id].join(" -> ")}`);
    const first = needs(owned, known).flatMap((need) => this.#register(need, known, [...waiting, id]) ?? []);
    const made = this.create(owned.manifest, this.#options(owned.manifest, first));
    this.#done.set(id, made);
    return made;
  }

  #options(manifest: Manifest, first: readonly pulumi.Resource[]): Options {
    const chart = chartOf(manifest);
    const charts = [...(chart === undefined ? [] : [chart]), ...finalisersOf(manifest)];
    const controllers = charts.flatMap((name) => this.args.charts?.[name] ?? []);
    const more = [...(this.args.dependsOn ?? []), ...(this.args.after?.(manifest) ?? [])];
    return {
      dependsOn: [...new Set([...first, ...controllers, ...more])],
      ignoreChanges: [...movedWeights(manifest)],
    };
  }
}
