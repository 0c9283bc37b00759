/**
 * What the engine would show the pack of a whole stack at its first preview, without an engine: every registration with its
 * inputs, provider and property dependencies. Outputs that nobody stated stay unknown. Stands in for the engine only; what
 * the engine itself does is tested in `test/engine`.
 */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, setMocks } from "@pulumi/pulumi/runtime/mocks";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";
import type { StackResource } from "../../../policies/recorder";
import type { Links } from "../../../policies/stack";
import { deploy } from "../../../stacks/deploy";
import { secretKeys } from "../../../stacks/plan";
import type { Settings } from "../../../stacks/schema";

interface Property {
  getUrnsList(): readonly string[];
}

/** The part of a RegisterResourceRequest that is read here. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getProvider(): string;
  getProtect(): boolean;
  getIgnorechangesList(): readonly string[];
  getPropertydependenciesMap(): { forEach(see: (value: Property, key: string) => void): void };
  getObject(): { toJavaScript(): Readonly<Record<string, unknown>> };
}

type Answer = (error: unknown, response: unknown) => void;

/** The engine hands secrets to packs in plain text; this is how one is marked on the way to it. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return unwrapped(Reflect.get(value, "value"));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item)]));
}

class Watch extends MockMonitor {
  readonly seen: StackResource[] = [];
  readonly #urns = new Map<string, StackResource>();

  override async registerResource(request: Request, answer: Answer): Promise<void> {
    await super.registerResource(request, (error: unknown, response: unknown) => {
      const urn = (response as { getUrn(): string } | undefined)?.getUrn();
      if (urn !== undefined) this.#keep(urn, request);
      answer(error, response);
    });
  }

  #keep(urn: string, request: Request): void {
    const provider = this.#urns.get(request.getProvider().split("::").slice(0, -1).join("::"));
    const dependencies: Record<string, readonly { readonly urn: string }[]> = {};
    request.getPropertydependenciesMap().forEach((sources, property) => {
      dependencies[property] = sources.getUrnsList().map((source) => ({ urn: source }));
    });
    const resource: StackResource = {
      urn,
      type: request.getType(),
      name: request.getName(),
      props: unwrapped(request.getObject().toJavaScript()),
      opts: { protect: request.getProtect(), ignoreChanges: [...request.getIgnorechangesList()] },
      ...(provider === undefined ? {} : { provider: { urn: provider.urn, props: provider.props } }),
      propertyDependencies: dependencies,
    };
    this.#urns.set(urn, resource);
    this.seen.push(resource);
  }
}

/** Which resources each property was computed from, as the pack keeps it. */
export const linksOf = (resources: readonly StackResource[]): ReadonlyMap<string, Links> =>
  new Map(
    resources.map(({ urn, propertyDependencies }) => [
      urn,
      {
        properties: Object.fromEntries(
          Object.entries(propertyDependencies).map(([property, sources]) => [
            property,
            sources.map((source) => source.urn),
          ]),
        ),
      },
    ]),
  );

/** Everything a stack registers. One at a time: the SDK keeps what a program registers in the process. */
export async function registeredStack(stack: string, settings: Settings): Promise<readonly StackResource[]> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ inputs }) => ({ id: undefined, state: inputs }),
    call: ({ token }) => {
      throw new Error(`unexpected invoke ${token}`);
    },
  };
  await setMocks(mocks, "keelson", stack, true);
  const watch = new Watch(mocks);
  setMockOptions(watch, "keelson", stack, true);
  pulumi.runtime.setAllConfig(Object.fromEntries(secretKeys(settings).map((key) => [key, "a secret"])));
  deploy(settings);
  await pulumi.runtime.disconnect();
  return watch.seen;
}
