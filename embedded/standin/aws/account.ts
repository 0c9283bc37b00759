/**
 * What a team's account holds before the first deployment: roles of people and pipelines, hosted zones. The program only
 * refers to them, so the stand-in cloud must have them too, or it would rightly refuse.
 */
import { withCloud } from "../cloud";
import { iamTrust } from "./iam";

export interface Bootstrap {
  /** Names of IAM roles. */
  readonly roles: readonly string[];
  /** Ids of hosted zones, by name. */
  readonly zones?: Readonly<Record<string, string>>;
}

const BY = { region: "global", owner: "bootstrap" } as const;

/** Makes what is missing; does nothing the second time. */
export const prepareAccount = (file: string, { roles, zones = {} }: Bootstrap): Promise<void> =>
  withCloud(file, (cloud) => {
    const own = cloud.objects(({ owner }) => owner === BY.owner);
    const lacks = (name: string) => own.every(({ properties }) => properties["name"] !== name);
    for (const name of roles.filter(lacks)) cloud.create("aws:iam/role:Role", { name, assumeRolePolicy: iamTrust }, BY);
    for (const [name, id] of Object.entries(zones).filter(([zone]) => lacks(zone)))
      cloud.create("aws:route53/zone:Zone", { name }, { ...BY, id });
  });
