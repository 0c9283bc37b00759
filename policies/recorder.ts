/**
 * What one run of the engine has shown so far: each object's inputs as they were judged, by URN, because the stack's own
 * properties are empty for everything in a cluster that is not known yet. Judges, remembers, and writes the verdict file.
 */
import { renameSync, writeFileSync } from "node:fs";
import { judgeAlone, judgeAmong, type Ruling } from "./court";
import type { Stage } from "./enforcement";
import { fromResource, type PolicyObject, type ResourceDescription } from "./object";
import { isObjectRule, isStackRule, RULES } from "./rules/all";
import { Stack, type Links } from "./stack";
import { verdictDocument, violationOf, waiverFor, type Terms, type VerdictDocument, type Violation } from "./verdicts";
import type { WaiverFile } from "./waiver";

/** A resource as the whole stack is described at the end of a run. */
export type StackResource = ResourceDescription & {
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
};

export interface RecorderOptions {
  readonly stage: Stage;
  readonly waivers: WaiverFile;
  readonly today: string;
  /** Where the verdict document goes. @default nowhere */
  readonly file?: string;
  /** Whether this is a preview, which goes on after a refusal and always ends with the whole stack. @default false */
  readonly dryRun?: boolean;
}

/** How long a run must be quiet before it writes what it has seen so far. */
const QUIET_MS = 1_000;

const OBJECT_RULES = RULES.filter(isObjectRule);
const STACK_RULES = RULES.filter(isStackRule);

export class Recorder {
  private readonly objects = new Map<string, PolicyObject>();
  private readonly alone = new Map<string, readonly Ruling[]>();
  private among = new Map<string, readonly Ruling[]>();
  private pending: NodeJS.Timeout | undefined;

  constructor(private readonly options: RecorderOptions) {}

  /** Judges one object by itself, from the inputs it is about to be created with. */
  observe(resource: ResourceDescription): void {
    const object = fromResource(resource);
    this.objects.set(resource.urn, object);
    this.alone.set(resource.urn, judgeAlone(object, OBJECT_RULES));
    this.keep(resource.urn);
  }

  /** Judges every object among the others; ends the run. */
  conclude(resources: readonly StackResource[]): VerdictDocument {
    for (const resource of resources) if (!this.objects.has(resource.urn)) this.observe(resource);
    clearTimeout(this.pending);
    this.judgeStack(new Map(resources.map((resource) => [resource.urn, links(resource)])));
    const document = this.document(true);
    this.write(document);
    return document;
  }

  /** What one rule holds against one object, waivers considered. */
  violations(urn: string, isWanted: (ruling: Ruling) => boolean): readonly Violation[] {
    const object = this.objects.get(urn);
    if (object === undefined) return [];
    return this.rulings(urn)
      .filter((ruling) => ruling.finding.outcome === "violated" && isWanted(ruling))
      .filter((ruling) => waiverFor(ruling, object, this.terms(true)) === undefined)
      .map((ruling) => violationOf(ruling, this.options.stage));
  }

  /** Whether some rule failed on some object, instead of judging it. */
  get hasCrash(): boolean {
    return this.urns.some((urn) => this.rulings(urn).some(({ crashed }) => crashed));
  }

  /** The objects seen so far, by URN. */
  get urns(): readonly string[] {
    return [...this.objects.keys()];
  }

  private judgeStack(all: ReadonlyMap<string, Links>): void {
    const stack = new Stack([...this.objects.values()], all);
    this.among = new Map([...this.objects].map(([urn, object]) => [urn, judgeAmong(object, stack, STACK_RULES)]));
  }

  private rulings(urn: string): readonly Ruling[] {
    return [...(this.alone.get(urn) ?? []), ...(this.among.get(urn) ?? [])];
  }

  private document(complete: boolean): VerdictDocument {
    const rulings = new Map([...this.objects].map(([urn, object]) => [object, this.rulings(urn)]));
    return verdictDocument(rulings, this.terms(complete));
  }

  private terms(complete: boolean): Terms {
    const [first] = this.objects.keys();
    const stackName = first?.split("::")[0]?.replace("urn:pulumi:", "");
    const { stage, waivers, today } = this.options;
    return { stage, waivers, today, complete, ...(stackName === undefined ? {} : { stackName }) };
  }

  /** An update ends at the first refusal: no `validateStack` follows, and the engine kills analyzers without notice. */
  private keep(urn: string): void {
    clearTimeout(this.pending);
    if (this.options.file === undefined) return;
    if (this.options.dryRun !== true && this.refuses(urn)) return this.writePartly();
    this.pending = setTimeout(() => this.writePartly(), QUIET_MS);
    this.pending.unref();
  }

  private refuses(urn: string): boolean {
    return this.violations(urn, () => true).some((violation) => violation.enforcement === "mandatory");
  }

  private writePartly(): void {
    this.judgeStack(new Map());
    this.write(this.document(false));
  }

  private write(document: VerdictDocument): void {
    const { file } = this.options;
    if (file === undefined) return;
    const scratch = `${file}.${process.pid}`;
    writeFileSync(scratch, JSON.stringify(document));
    renameSync(scratch, file);
  }
}

const links = ({ propertyDependencies }: StackResource): Links => ({
  properties: Object.fromEntries(
    Object.entries(propertyDependencies).map(([property, sources]) => [property, sources.map(({ urn }) => urn)]),
  ),
});
