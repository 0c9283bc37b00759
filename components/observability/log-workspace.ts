/** Where logs go on Azure, for as long as they are kept. Signed in to by role: no key of the workspace is used. */
import * as workspaces from "@pulumi/azure-native/operationalinsights/workspace";
import type * as pulumi from "@pulumi/pulumi";
import { type Problem, refuse } from "../../graph/problems";
import { days, type Duration } from "../../graph/units";
import { Component } from "../component";
import { physicalName, type Scope } from "../names";
import { type AzurePlace } from "../network/azure-place";

export interface LogWorkspaceArgs {
  readonly scope: Scope;
  readonly place: AzurePlace;
  /** 30 to 730 days; the first 30 are free. */
  readonly retention: Duration;
}

export class LogWorkspace extends Component {
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: LogWorkspaceArgs, options?: pulumi.ComponentResourceOptions) {
    super("observability:LogWorkspace", name, options);
    refuse(retentionProblems(args.retention));
    const [id, workspaceOptions] = this.child("workspace");
    const workspace = new workspaces.Workspace(
      id,
      {
        ...args.place,
        workspaceName: physicalName("workspace", args.scope, "logs"),
        sku: { name: "PerGB2018" },
        retentionInDays: days(args.retention),
        features: { disableLocalAuth: true },
      },
      workspaceOptions,
    );
    this.id = workspace.id;
    this.registerOutputs({ id: this.id });
  }
}

const LEAST = 30;
const MOST = 730;

export function retentionProblems(retention: Duration): readonly Problem[] {
  const kept = days(retention);
  if (kept >= LEAST && kept <= MOST) return [];
  return [
    {
      where: "cluster.logs",
      got: retention,
      want: `${LEAST} to ${MOST} days`,
      mend: `set it to ${LEAST} days or more`,
    },
  ];
}
