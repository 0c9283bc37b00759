/** What the payment product keeps: payments in PostgreSQL, sessions in a Redis-protocol store. */
import { postgres, redis } from "../../graph/store";

export const payments = postgres("payments", {
  keeps: "payments and refunds, as the provider confirmed them",
  rpo: "20 minutes",
  rto: "2 hours",
});

export const sessions = redis("sessions", {
  keeps: "sessions of whoever signed in",
  holds: "cache",
  rpo: "1 day",
  rto: "2 hours",
});
