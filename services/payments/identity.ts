/** Signs people in, keeps their sessions, and issues the tokens that the edge checks. */
import { type Route } from "../../graph/route";
import { service } from "../../graph/service";
import { sessions } from "./stores";

export const identity = <const R extends Route>(routes: readonly R[]) =>
  service("identity", {
    listens: { http: 8080 },
    uses: { sessions: sessions.readWrite() },
    secrets: ["token-signing"],
    routes,
    scale: { min: 2, max: 6, cpu: 70, memory: 80 },
  });
