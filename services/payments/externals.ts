/** Whom the payment product calls outside. */
import { external } from "../../graph/external";

/** Sends e-mail. */
export const mail = external("mail", { hosts: ["smtp.sendgrid.net"], port: 587 });

/** Sends messages to phones. */
export const messages = external("messages", { hosts: ["api.twilio.com"] });

/** Takes the money. */
export const acquirer = external("acquirer", { hosts: ["api.stripe.com"] });
