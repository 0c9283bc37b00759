/** The Pulumi program: reads the stack's settings, deploys its system, returns the outputs. */
import { readable, settingsOfStack } from "./stacks/config";
import { deploy } from "./stacks/deploy";

export = async (): Promise<Readonly<Record<string, unknown>>> => readable(() => deploy(settingsOfStack()));
