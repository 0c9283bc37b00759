/** Secrets of the edge on Kong: the login it counts with, and the public keys of those who issue tokens. */
import { type Graph } from "../../graph/model";
import { type PlannedSecret, password, text } from "../data/planned-secret";
import { type Facts } from "../kubernetes/facts";
import { NAMESPACES } from "../kubernetes/namespaces";
import { consumersOf } from "./kong-consumers";
import { LIMITS_USERS } from "./kong-limits";
import { LIMITS, LIMITS_USER } from "./names";

const namespace = NAMESPACES.ingress;

const RULES = "on ~* -@all +@read +@write +@connection +@transaction +@scripting -@dangerous";

export const kongSecrets = (graph: Graph, { edge }: Facts): readonly PlannedSecret[] =>
  edge.kind === "kong" ? [limits, ...consumersOf(graph).map(credential)] : [];

const limits: PlannedSecret = {
  name: LIMITS_USERS,
  namespace,
  type: "Opaque",
  values: {
    "users.acl": { is: "userList", store: LIMITS, lines: [{ user: LIMITS_USER, rules: RULES }] },
    password: password(LIMITS, LIMITS_USER),
  },
};

/** The controller takes a Secret for a credential by its label. The key is public, yet kept from being exchanged unseen. */
const credential = ({ secret, key, publicKey }: ReturnType<typeof consumersOf>[number]): PlannedSecret => ({
  name: secret,
  namespace,
  type: "Opaque",
  labels: { "konghq.com/credential": "jwt" },
  values: { key: text(key), algorithm: text("RS256"), rsa_public_key: { is: "configured", key: publicKey } },
});
