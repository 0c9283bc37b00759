/** What the shop keeps. The source is silent about stores; these are what a shop needs. */
import { postgres, redis } from "../../graph/store";

export const orders = postgres("orders", { keeps: "orders and their lines", rpo: "20 minutes", rto: "2 hours" });

export const payments = postgres("payments", {
  keeps: "payments and refunds, as the provider confirmed them",
  rpo: "20 minutes",
  rto: "2 hours",
});

export const sessions = redis("sessions", {
  keeps: "sessions and cached reads",
  holds: "cache",
  rpo: "1 day",
  rto: "2 hours",
});
