/** Settings of the public edge. */
import { z } from "zod";
import { hostName } from "./scalars";

/** Who issues the edge's certificate, where no cloud does: an ACME server, asked through DNS. */
export const certificates = z.strictObject({
  /** Where the issuer writes when a certificate is about to expire. */
  email: z.email("an e-mail address"),
  server: z.url({ protocol: /^https$/ }).default("https://acme-v02.api.letsencrypt.org/directory"),
});

/** Which of the system's route tables: what every edge serves, or all that Kong can. */
export const routes = z.enum(["portable", "kong"]).default("portable");

export const edge = z
  .strictObject({
    kind: z.enum(["alb", "kong"]),
    routes,
    /** Public host of all routes. */
    host: hostName,
    /** DNS zone the host lies in. `create`: ours; `adopt`: it exists already, by id. */
    zone: z.strictObject({ name: hostName, create: z.boolean().default(true), id: z.string().optional() }).optional(),
    waf: z.boolean(),
    /** Routing rules one load balancer of the cloud takes; raise it together with the quota. */
    rules: z.int().min(1).max(1_000).default(100),
    certificates: certificates.optional(),
  })
  .refine(({ zone, host }) => zone === undefined || host === zone.name || host.endsWith(`.${zone.name}`), {
    message: "a zone that the host lies in",
    path: ["zone", "name"],
  })
  .refine(({ zone }) => zone !== undefined, { message: "a zone setting for the domain", path: ["zone"] })
  .refine(({ kind, certificates }) => kind !== "kong" || certificates !== undefined, {
    message: "who issues Kong's certificate",
    path: ["certificates"],
  })
  .refine(({ kind, waf }) => kind !== "kong" || !waf, {
    message: "false: AWS WAF guards the alb edge only, Kong limits by itself",
    path: ["waf"],
  });
