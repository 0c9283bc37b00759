/** Accounts and sign-in. */
import { service } from "../../graph/service";
import { sessions } from "./stores";

export const user = service("user", {
  listens: { http: 8080 },
  uses: { sessions: sessions.readWrite() },
  routes: [{ path: "/users", limit: { per: "ip", rate: "600 per minute" } }],
});
