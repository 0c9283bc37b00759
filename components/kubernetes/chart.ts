/**
 * The one way a chart is installed: by a name in `charts.json`, at exactly that version, with typed values, into a namespace
 * that exists. The provider fetches by version; `scripts` and reviews compare the digest. Definitions come with the chart.
 * Refuses hooks: what a chart would run before or after is switched off in its values.
 */
import * as helm from "@pulumi/kubernetes/helm/v4";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../component";
import { type ChartName, pinned } from "./chart-names";

export interface ChartArgs {
  readonly chart: ChartName;
  readonly namespace: string;
  /** Name of the release: part of the chart's labels. @default - the chart's name */
  readonly release?: string;
  readonly values: Values;
}

/** Values of a chart; outputs of the cloud only where a chart cannot do without. */
export type Values = Readonly<Record<string, unknown>>;

export class Chart extends Component {
  /** Depend on it for the definitions the chart brings, and for its controllers. */
  readonly ready: readonly pulumi.Resource[];
  readonly version: string;

  constructor(name: string, args: ChartArgs, options?: pulumi.ComponentResourceOptions) {
    super("kubernetes:Chart", name, options);
    const [id, childOptions] = this.child("release");
    const { chart, version, repository } = pinned(args.chart);
    const repositoryOpts = repository === undefined ? {} : { repositoryOpts: { repo: repository } };
    const release = new helm.Chart(
      id,
      {
        chart,
        version,
        ...repositoryOpts,
        name: args.release ?? args.chart,
        namespace: args.namespace,
        values: { ...args.values },
      },
      childOptions,
    );
    this.version = version;
    this.ready = [release];
    this.registerOutputs({ version });
  }
}
