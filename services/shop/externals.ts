/** Whom the shop calls outside. */
import { external } from "../../graph/external";

export const stripe = external("stripe", { hosts: ["api.stripe.com"] });
