/** Charts of the platform, by name. Their versions and digests stand in `charts.json`, and nowhere else. */
import charts from "./charts.json";

export type ChartName = keyof typeof charts;

export interface PinnedChart {
  readonly chart: string;
  readonly version: string;
  /** SHA-256 of the archive; `null` where none could be verified, and why. */
  readonly digest: string | null;
  /** Absent for a chart in an image registry. */
  readonly repository?: string;
}

export const pinned = (name: ChartName): PinnedChart => charts[name];
