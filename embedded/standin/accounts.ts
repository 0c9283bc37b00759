/** What the account of a stack holds before its first deployment, put into the stand-in cloud. */
import { type Account } from "../../stacks/site";
import * as aws from "./aws/account";
import * as azure from "./azure/account";

/** Makes what is missing; does nothing the second time. */
export const prepareAccount = (file: string, account: Account): Promise<void> =>
  account.provider === "aws" ? aws.prepareAccount(file, account) : azure.prepareSubscription(file, account);
