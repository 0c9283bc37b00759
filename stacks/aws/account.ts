/** The connection to the one account a stack may touch, with the tags that every resource carries. */
import { Provider } from "@pulumi/aws/provider";
import type * as aws from "@pulumi/aws/types/input";
import { mandatoryTags, type Scope } from "../../components/names";

/** Refuses any other account: a wrong profile fails before anything is created. */
export const connect = (scope: Scope): Provider =>
  new Provider("account", {
    region: scope.region as NonNullable<ConstructorParameters<typeof Provider>[1]>["region"] & string,
    allowedAccountIds: [scope.account],
    defaultTags: { tags: mandatoryTags(scope) } satisfies aws.ProviderDefaultTags,
  });
