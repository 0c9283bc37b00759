/** Something outside that we call: a payment provider, an SMTP server. Reached by name over TLS. */
import { CallSite } from "./call-site";

/** What an external lends: the right to call it. */
export interface ExternalCapability<N extends string = string> {
  readonly lends: "external";
  readonly external: External<N>;
  readonly site: CallSite;
}

export interface ExternalArgs {
  /** Host names that are called. Where the network cannot match names the egress is widened, and reported. */
  readonly hosts: readonly [string, ...string[]];
  /** @default 443 */
  readonly port?: number;
}

export class External<N extends string = string> {
  constructor(
    readonly name: N,
    readonly args: ExternalArgs,
  ) {}

  call(): ExternalCapability<N> {
    return { lends: "external", external: this, site: new CallSite() };
  }
}

export const external = <const N extends string>(name: N, args: ExternalArgs): External<N> => new External(name, args);
