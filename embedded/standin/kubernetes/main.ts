/** Entry point of the `kubernetes` plugin: the launcher runs this file. */
import { serve } from "../server";
import { kubernetesProvider } from "./plugin";

serve(kubernetesProvider());
