/** Tells customers what happened, by e-mail and by message. */
import { type Route } from "../../graph/route";
import { service } from "../../graph/service";
import { mail, messages } from "./externals";
import { paymentEvents } from "./topics";

export const notification = <const R extends Route>(routes: readonly R[]) =>
  service("notification", {
    listens: { http: 8080 },
    uses: { mail: mail.call(), messages: messages.call() },
    messages: [paymentEvents.consume()],
    routes,
    scale: { min: 2, max: 6, cpu: 70, memory: 80 },
  });
