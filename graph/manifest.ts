/** A Kubernetes object as plain data: what is rendered, judged, evaluated and applied is this one value. */

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly [field: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

/** `apps/v1/Deployment order-service/order`: unique within a cluster. */
export const objectId = ({ apiVersion, kind, metadata }: Manifest): string =>
  `${apiVersion}/${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
