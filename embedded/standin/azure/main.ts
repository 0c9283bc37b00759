/** The plugin `pulumi-resource-azure-native` of the stand-in cloud. */
import { packageVersion } from "../sdk";
import { serve } from "../server";
import { AzureProvider } from "./provider";
import { azureTypes } from "./types";

serve(new AzureProvider(packageVersion("azure-native"), azureTypes, process.env["KEELSON_CLOUD"]));
