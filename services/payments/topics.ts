/** What the services tell each other. */
import { topic } from "../../graph/topic";

export const paymentEvents = topic("payment-events", {
  carries: "a payment that was taken, refused or refunded",
  attempts: 5,
});
