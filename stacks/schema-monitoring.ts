/** Settings of monitoring: how long metrics are kept, and who is told. */
import { z } from "zod";
import { duration, size } from "./scalars";

/** Where alerts go. What a channel needs to be secret is `keelson:alerts-<name>Credential`. */
const channel = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("slack"),
    name: z.string(),
    channel: z.string().regex(/^#/, `a channel such as "#alerts"`),
  }),
  z.strictObject({ by: z.literal("pagerduty"), name: z.string() }),
  z.strictObject({
    by: z.literal("email"),
    name: z.string(),
    to: z.email("an e-mail address"),
    from: z.email("an e-mail address"),
    server: z.string().regex(/^[a-z0-9.-]+:\d+$/, `a server such as "smtp.example.com:587"`),
    user: z.string(),
  }),
]);

export const monitoring = z.strictObject({
  retention: duration("15 days").default("15 days"),
  disk: size("50 GiB").default("50 GiB"),
  /** Two at least: the one that is down must not be the one that would say so. */
  channels: z.array(channel).min(2, "two channels at least: one of them may be what is down"),
});
