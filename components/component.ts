/**
 * The base of every component: its type token, its children's names and parents, and how a renamed child keeps its
 * identity. It refuses a child whose name does not begin with the component's own: Pulumi carries an alias of a renamed
 * component over to its children only by that prefix.
 */
import * as pulumi from "@pulumi/pulumi";

/** `network:Vpc`: domain and noun. The engine sees `keelson:network:Vpc`. */
export type ComponentType = `${Lowercase<string>}:${Capitalize<string>}`;

/** Logical name and options of a child, in the order a resource's constructor takes them around its arguments. */
export type Child = readonly [name: string, options: pulumi.CustomResourceOptions];

/** Options a child may add to those its component gives it. Parent, aliases and names stay the component's. */
export type ChildOptions = Omit<pulumi.CustomResourceOptions, "parent" | "aliases">;

const ROLE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export abstract class Component extends pulumi.ComponentResource {
  constructor(
    type: ComponentType,
    readonly logicalName: string,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super(`keelson:${type}`, logicalName, {}, { ...options, transformations: [...guards(logicalName, options)] });
  }

  /** What each role was called before: a changed role is listed here, or its resource is replaced. */
  protected formerRoles(): Readonly<Record<string, string>> {
    return {};
  }

  /** Logical name and options of the child that plays this role. The name is part of its URN. */
  protected child(role: string, options: ChildOptions = {}): Child {
    if (!ROLE.test(role)) throw new Error(badRole(this.logicalName, role));
    const former = this.formerRoles()[role];
    const aliases = former === undefined ? {} : { aliases: [{ name: `${this.logicalName}-${former}` }] };
    return [`${this.logicalName}-${role}`, { ...options, parent: this, ...aliases }];
  }
}

/** Hands out children by role; what a component passes to the functions that create its parts. */
export type Children = (role: string, options?: ChildOptions) => Child;

function guards(owner: string, options: pulumi.ComponentResourceOptions): pulumi.ResourceTransformation[] {
  return [...(options.transformations ?? []), (resource) => keepInside(owner, resource)];
}

function keepInside(owner: string, { name, type }: pulumi.ResourceTransformationArgs): undefined {
  if (name !== owner && !name.startsWith(`${owner}-`)) throw new Error(outside(owner, type, name));
}

const badRole = (owner: string, role: string): string =>
  `component ${owner}: got the role "${role}" for a child, want lower-case words joined by "-"; rename the role`;

const outside = (owner: string, type: string, name: string): string =>
  `component ${owner}: got a child ${type} named "${name}", want a name that begins with "${owner}-"; ` +
  `take the name from child(role)`;
