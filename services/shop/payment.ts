/** Takes payments through the provider and remembers what it confirmed. */
import { service } from "../../graph/service";
import { stripe } from "./externals";
import { payments } from "./stores";

export const payment = service("payment", {
  listens: { http: 8080 },
  uses: { payments: payments.readWrite(), stripe: stripe.call() },
  routes: [{ path: "/payments", limit: { per: "ip", rate: "300 per minute" } }],
});
