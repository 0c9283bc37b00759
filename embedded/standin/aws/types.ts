/** Every AWS type the stand-in knows. */
import type { TypeTable } from "../types";
import { cacheTypes } from "./caches";
import { ec2Types } from "./ec2";
import { edgeTypes } from "./edge";
import { eksTypes } from "./eks";
import { gatewayTypes } from "./gateways";
import { iamTypes } from "./iam";
import { keyTypes } from "./keys";
import { rdsTypes } from "./rds";
import { s3Types } from "./s3";
import { securityGroupTypes } from "./security-groups";

export const awsTypes: TypeTable = {
  ...ec2Types,
  ...gatewayTypes,
  ...securityGroupTypes,
  ...iamTypes,
  ...keyTypes,
  ...eksTypes,
  ...s3Types,
  ...edgeTypes,
  ...rdsTypes,
  ...cacheTypes,
};
