/** Where the logs of pods go on AWS, with an end: a group that a collector makes itself keeps everything for ever. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import { days, type Duration } from "../../graph/units";
import { Component } from "../component";
import { type Statement } from "../identity/statement";
import { type Key } from "../keys/key";
import { arn, physicalName, type Scope } from "../names";

/** Known before the group exists, so that the collector's settings may carry it. */
export const logGroupName = (scope: Scope): string => `/keelson/${physicalName("log", scope, "pods")}`;

export interface LogGroupArgs {
  readonly scope: Scope;
  readonly key: Key;
  readonly retention: Duration;
}

export class LogGroup extends Component {
  readonly ready: readonly pulumi.Resource[];
  private readonly scope: Scope;

  constructor(name: string, { scope, key, retention }: LogGroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("observability:LogGroup", name, options);
    const [id, groupOptions] = this.child("group");
    const shape = { name: logGroupName(scope), retentionInDays: days(retention), kmsKeyId: key.arn };
    this.ready = [new cloudwatch.LogGroup(id, shape, groupOptions)];
    this.scope = scope;
    this.registerOutputs();
  }

  /** Add to this group's streams and no other's, and read none. */
  writer(): readonly Statement[] {
    return [
      {
        sid: "WriteLogs",
        actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        resources: ["", ":*"].map((streams) =>
          arn(this.scope, "logs", `log-group:${logGroupName(this.scope)}${streams}`),
        ),
      },
    ];
  }
}
