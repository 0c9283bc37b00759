/** The plugin `pulumi-resource-random` of the stand-in cloud. */
import { packageVersion } from "../sdk";
import { serve } from "../server";
import { RandomProvider } from "./provider";

serve(new RandomProvider(packageVersion("random")));
