/** What a report is made of. */
import { type Plan } from "../../embedded/engine/plan";
import { type Graph } from "../../graph/model";
import { type PlaceOfOwner } from "../plan-places";
import { type Subject } from "../subjects";

export interface ReportInput {
  /** The stack's name. */
  readonly stack: string;
  readonly graph: Graph;
  readonly plan: Plan;
  readonly subjects: readonly Subject[];
  readonly placeOf: PlaceOfOwner;
  /** `2026-11-21`, UTC: what the days of waivers are counted from. */
  readonly today: string;
}
