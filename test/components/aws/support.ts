/**
 * The one door to Pulumi's mocks: builds a graph, drains it, and returns every registration with its inputs and the
 * options that matter. It does not prove that AWS takes the inputs, nor what a provider would compute from them.
 */
import * as pulumi from "@pulumi/pulumi";
import { type Scope } from "../../../components/names";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: Options;
}

export interface Options {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  /** Logical names of what it was told to wait for. */
  readonly dependsOn: readonly string[];
}

const NO_OPTIONS: Options = { protect: false, retainOnDelete: false, ignoreChanges: [], dependsOn: [] };

class Root extends pulumi.ComponentResource {
  constructor(observe: pulumi.ResourceTransformation) {
    super("test:Root", "root", {}, { transformations: [observe] });
  }
}

/** What a cloud computes and answers where no input gives it. */
export interface Pretence {
  readonly computed: (type: string, name: string, inputs: Record<string, unknown>) => Record<string, unknown>;
  readonly answer: (token: string) => Record<string, unknown>;
}

const AWS: Pretence = {
  computed,
  answer: (token) => {
    throw new Error(`unexpected invoke ${token}`);
  },
};

/** Every registration that `build` makes below `root`. */
export async function capture<T>(
  build: (root: pulumi.Resource) => T,
  { computed: made, answer }: Pretence = AWS,
): Promise<{ made: T; graph: readonly Registered[] }> {
  const registered: Omit<Registered, "options">[] = [];
  const options = new Map<string, Options>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: `${name}-id`, state: { ...inputs, ...made(type, name, inputs) } };
    },
    call: ({ token }) => answer(token),
  });
  const built = build(new Root(({ name, opts }) => void options.set(name, optionsOf(opts))));
  await pulumi.runtime.disconnect(); // drains; a graph read earlier is empty and every "there is no X" passes
  const graph = registered.map((each) => ({ ...each, options: options.get(each.name) ?? NO_OPTIONS }));
  return { made: built, graph: graph.filter(({ name }) => name !== "root") };
}

function optionsOf(options: pulumi.CustomResourceOptions): Options {
  const waits = [options.dependsOn ?? []].flat() as (pulumi.Resource & { readonly __name?: string })[];
  return {
    protect: options.protect ?? false,
    retainOnDelete: options.retainOnDelete ?? false,
    ignoreChanges: (options.ignoreChanges ?? []).map(String),
    dependsOn: waits.map((resource) => resource.__name ?? "?"),
  };
}

/** Outputs our components read and no input gives. */
function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const common = { arn: `arn:mock:${name}`, keyId: `${name}-key` };
  if (type === "random:index/randomPassword:RandomPassword") return { result: `${name}-secret` };
  if (type === "aws:acm/certificate:Certificate") return { ...common, domainValidationOptions: proofs(inputs) };
  if (type === "aws:eks/cluster:Cluster")
    return { ...common, endpoint: "https://mock", certificateAuthority: { data: "Y2E=" } };
  if (type === "aws:ec2/launchTemplate:LaunchTemplate") return { ...common, latestVersion: 1 };
  if (type === "aws:route53/zone:Zone") return { ...common, zoneId: `Z-${name}` };
  return common;
}

const proofs = ({ domainName, subjectAlternativeNames = [] }: Record<string, unknown>) =>
  [domainName, ...(subjectAlternativeNames as string[])].toReversed().map((host) => ({
    domainName: host,
    resourceRecordName: `_proof.${String(host)}`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_value.${String(host)}`,
  }));

/** The only registration of a type. */
export function only(graph: readonly Registered[], type: string): Registered {
  const found = ofType(graph, type);
  if (found.length !== 1) throw new Error(`${found.length} registrations of ${type}`);
  return found[0] as Registered;
}

/** `ec2:Subnet` finds `aws:ec2/subnet:Subnet`. */
export const ofType = (graph: readonly Registered[], type: string): readonly Registered[] => {
  const [module, noun] = type.split(":");
  return graph.filter((each) => new RegExp(`^[a-z]+:${module}/[A-Za-z]+:${noun}$`).test(each.type));
};

export const named = (graph: readonly Registered[], name: string): Registered => {
  const found = graph.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${graph.map((each) => each.name).join(", ")}`);
  return found;
};

/** A policy document's statements. */
export const statements = (policy: unknown): readonly PolicyStatement[] =>
  (JSON.parse(String(policy)) as { Statement: PolicyStatement[] }).Statement;

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: Readonly<Record<string, unknown>>;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const scope: Scope = {
  organisation: "acme",
  system: "shop",
  stage: "prod",
  region: "eu-west-1",
  regionRole: "primary",
  account: "123456789012",
  owner: "platform",
  costCentre: "shop",
};

export const ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] as const;
