/** Takes payments, remembers what the acquirer confirmed, and tells everybody else. */
import { type Route } from "../../graph/route";
import { service } from "../../graph/service";
import { acquirer } from "./externals";
import { payments } from "./stores";
import { paymentEvents } from "./topics";

export const payment = <const R extends Route>(routes: readonly R[]) =>
  service("payment", {
    listens: { http: 8080 },
    uses: { payments: payments.readWrite(), acquirer: acquirer.call() },
    messages: [paymentEvents.publish()],
    routes,
    scale: { min: 2, max: 8, cpu: 70, memory: 80 },
  });
