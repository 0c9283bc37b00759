/**
 * A checkout of its own for runs of the product: the repository's stack files, which a test may edit, its code by links,
 * ports and state apart. What runs there runs in a process of its own, as a person would start it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFree, portsFrom } from "../../embedded/plane/ports";
import { type StackFiles, stackFiles } from "../../embedded/engine/stack-files";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly notes: string;
}

const REPOSITORY = join(__dirname, "..", "..", "..");
const COPIED = [...readdirSync(REPOSITORY).filter((name) => /^Pulumi\..*yaml$/.test(name)), "package.json"];
const LINKED = ["policies", "dist", "node_modules"];

export class Running {
  readonly ended: Promise<Ended>;
  notes = "";
  out = "";

  constructor(readonly child: ChildProcess) {
    child.stdout?.on("data", (part: Buffer) => (this.out += part.toString()));
    child.stderr?.on("data", (part: Buffer) => (this.notes += part.toString()));
    this.ended = new Promise((done) => {
      child.once("close", (code) => done({ code, out: this.out, notes: this.notes }));
    });
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** A block of ports that nobody listens on right now. */
export async function freeBase(): Promise<number> {
  const base = 20_000 + 10 * Math.floor(Math.random() * 1_000);
  const free = await Promise.all((Object.values(portsFrom(base)) as number[]).map(isFree));
  return free.every((each) => each) ? base : freeBase();
}

export class Checkout {
  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  static async make(): Promise<Checkout> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "keelson-checkout-")));
    for (const name of COPIED) cpSync(join(REPOSITORY, name), join(folder, name), { dereference: true });
    for (const name of LINKED) symlinkSync(join(REPOSITORY, name), join(folder, name));
    return new Checkout(folder, await freeBase());
  }

  files(stack: string): StackFiles {
    return stackFiles(this.folder, stack);
  }

  /** Changes a stack's settings; an edit that changes nothing is a mistake of the test. */
  edit(stack: string, change: (text: string) => string): void {
    const path = join(this.folder, `Pulumi.${stack}.yaml`);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changes nothing`);
    writeFileSync(path, after);
  }

  /** Adds waivers to the repository's own, for the runs that follow. */
  waive(...waivers: readonly Readonly<Record<string, unknown>>[]): void {
    const own = JSON.parse(readFileSync(join(REPOSITORY, "policies", "waivers.json"), "utf8")) as {
      waivers: unknown[];
    };
    const terms = { reason: "a test of this very thing", owner: "test", expires: "2099-12-31" };
    const added = waivers.map((waiver) => ({ ...terms, ...waiver }));
    writeFileSync(this.#waivers, JSON.stringify({ waivers: [...own.waivers, ...added] }));
  }

  get #waivers(): string {
    return join(this.folder, "waivers.json");
  }

  start(...argv: readonly string[]): Running {
    return this.#node("keelson-child.js", argv);
  }

  keelson(...argv: readonly string[]): Promise<Ended> {
    return this.start(...argv).ended;
  }

  /** Counts per operation of a refresh or a destroy, which no verb shows alone. */
  async engine(stack: string, what: "refresh" | "destroy"): Promise<Readonly<Record<string, number>>> {
    const { code, out, notes } = await this.#node("stack-child.js", [stack, what]).ended;
    if (code !== 0) throw new Error(`${what} of ${stack}: ${notes}`);
    return JSON.parse(out) as Record<string, number>;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #node(script: string, argv: readonly string[]): Running {
    const waivers = existsSync(this.#waivers) ? { KEELSON_WAIVERS: this.#waivers } : {};
    const env = { ...process.env, KEELSON_PORT: String(this.port), ...waivers };
    return new Running(spawn(process.execPath, [join(__dirname, script), this.folder, ...argv], { env }));
  }
}
