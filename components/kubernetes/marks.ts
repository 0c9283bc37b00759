/** What makes a pod of a chart known as the holder of a cloud identity, as most charts take it. */
import { type IdentityMarks } from "../cluster/cluster";
import { type Values } from "./chart";

/** What tells the cloud which account this is. Absent where it knows accounts by name. */
export const annotated = ({ account }: IdentityMarks): Values =>
  Object.keys(account).length === 0 ? {} : { annotations: account };

export const labelled = ({ pods }: IdentityMarks): Values =>
  Object.keys(pods).length === 0 ? {} : { podLabels: pods };
