/** Orders from basket to delivery: asks who orders, has them pay. */
import { service } from "../../graph/service";
import { payment } from "./payment";
import { orders, sessions } from "./stores";
import { user } from "./user";

export const order = service("order", {
  listens: { http: 8080 },
  uses: {
    orders: orders.readWrite(),
    sessions: sessions.read(),
    users: user.call("http"),
    payments: payment.call("http"),
  },
  routes: [{ path: "/orders", limit: { per: "ip", rate: "1000 per minute" } }],
});
