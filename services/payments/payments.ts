/** The payment product: three services behind one public host. `docs/systems/payments.md` has every element of its source. */
import { system } from "../../graph/system";
import { identity } from "./identity";
import { notification } from "./notification";
import { payment } from "./payment";
import { FULL, PORTABLE } from "./routes";

/** With everything that Kong does at the edge. */
export const payments = system("payments", [
  identity(FULL.identity),
  notification(FULL.notification),
  payment(FULL.payment),
]);

/** The same services, with routes that every edge serves. */
export const portablePayments = system("payments", [
  identity(PORTABLE.identity),
  notification(PORTABLE.notification),
  payment(PORTABLE.payment),
]);
