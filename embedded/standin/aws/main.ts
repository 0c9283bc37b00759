/** The plugin `pulumi-resource-aws` of the stand-in cloud. */
import { packageVersion } from "../sdk";
import { serve } from "../server";
import { AwsProvider } from "./provider";
import { awsTypes } from "./types";

serve(new AwsProvider(packageVersion("aws"), awsTypes, process.env["KEELSON_CLOUD"]));
