/** The shop: three services behind one public host. Source 002, and `docs/systems/shop.md` for every element of it. */
import { system } from "../../graph/system";
import { order } from "./order";
import { payment } from "./payment";
import { user } from "./user";

export const shop = system("shop", [order, payment, user]);
