/** What the services tell each other. */
import { topic } from "../../graph/topic";
import { payments } from "./stores";

export const paymentEvents = topic("payment-events", {
  carries: "a payment that was taken, refused or refunded",
  recovery: { republishedFrom: payments }, // written down with the payment, published from there
  attempts: 5,
});
