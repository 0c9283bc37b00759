/**
 * A throw-away stack for tests of the kubernetes stand-in: the real engine with a backend, a plugin folder and a home of
 * its own, and an inline program on a running control plane.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes/provider";
import { LocalWorkspace, type PulumiFn, type Stack, type EngineEvent } from "@pulumi/pulumi/automation";
import type { Access } from "../../embedded/plane/api";
import { Client } from "../../embedded/standin/kubernetes/client";
import { controlPlane } from "../../embedded/standin/kubernetes/control-plane";
import { installPlugins } from "../../embedded/standin/plugins";

export interface Outcome {
  readonly summary: Readonly<Record<string, number>>;
  readonly output: string;
  readonly failure: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Path of the description of a running control plane. */
export type ControlPlaneFile = string;

export class TestStack {
  readonly folder = mkdtempSync(join(tmpdir(), "keelson-kubernetes-"));
  readonly client: Client;
  /** Everything the engine printed and every event, over all runs. */
  transcript = "";
  #program: PulumiFn = async () => ({});
  #stack: Stack | undefined;

  constructor(readonly plane: ControlPlaneFile) {
    const access = controlPlane(plane);
    if (access === undefined) throw new Error(`${plane}: no control plane`);
    this.client = new Client(access);
  }

  /** A provider as a program makes one: the kubeconfig has the endpoint, and credentials only a cloud would honour. */
  provider(settings: Partial<kubernetes.ProviderArgs> = {}, name = "cluster"): kubernetes.Provider {
    return new kubernetes.Provider(name, { kubeconfig: this.kubeconfig(), ...settings });
  }

  kubeconfig(server = this.endpoint): string {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "aws", args: ["eks", "get-token"] };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "eks", cluster: { server, "certificate-authority-data": this.#record.caData } }],
      users: [{ name: "eks", user: { exec } }],
      contexts: [{ name: "eks", context: { cluster: "eks", user: "eks" } }],
      "current-context": "eks",
    });
  }

  /** Folder of manifests that the played Argo CD applies. */
  get rendered(): string {
    return this.#folder("rendered");
  }

  /** File of the stand-in cloud. */
  get cloud(): string {
    return join(this.folder, "cloud.json");
  }

  get endpoint(): string {
    return this.#record.endpoint;
  }

  get #record(): Access {
    return JSON.parse(readFileSync(this.plane, "utf8")) as Access;
  }

  /** Lines of a record file, such as `dryrun`. */
  records(name: string): readonly Record<string, unknown>[] {
    const file = join(this.folder, `${name}.jsonl`);
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  forget(name: string): void {
    rmSync(join(this.folder, `${name}.jsonl`), { force: true });
  }

  up(program: PulumiFn): Promise<Outcome> {
    return this.#run(program, async (stack, listen) => {
      const { summary, outputs } = await stack.up(listen);
      const plain = Object.entries(outputs).map(([name, { value }]): [string, unknown] => [name, value]);
      return { summary: summary.resourceChanges ?? {}, outputs: Object.fromEntries(plain) };
    });
  }

  preview(program: PulumiFn): Promise<Outcome> {
    return this.#run(program, async (stack, listen) => ({ summary: (await stack.preview(listen)).changeSummary }));
  }

  refresh(program: PulumiFn): Promise<Outcome> {
    return this.#run(program, async (stack, listen) => ({
      summary: (await stack.refresh(listen)).summary.resourceChanges ?? {},
    }));
  }

  destroy(): Promise<Outcome> {
    return this.#run(this.#program, async (stack, listen) => ({
      summary: (await stack.destroy(listen)).summary.resourceChanges ?? {},
    }));
  }

  /** The stack's state as it lies on disk; an export would open the secrets. */
  get state(): string {
    return readFileSync(join(this.folder, "backend/.pulumi/stacks/standin/dev.json"), "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #run(program: PulumiFn, act: Act): Promise<Outcome> {
    this.#program = program;
    let output = "";
    const onOutput = (text: string): void => void (output += text);
    const onEvent = (event: EngineEvent): void => this.#note(event);
    const stack = await this.#selected();
    try {
      const done = await act(stack, { onOutput, onEvent });
      return { output, failure: "", outputs: {}, ...done };
    } catch (error) {
      return { output, failure: String(error), outputs: {}, summary: {} };
    } finally {
      this.transcript += output;
    }
  }

  /** Debug events carry plain values by design of the engine; nobody shows them. */
  #note(event: EngineEvent): void {
    if (String(event.diagnosticEvent?.severity) !== "debug") this.transcript += JSON.stringify(event);
  }

  async #selected(): Promise<Stack> {
    this.#stack ??= await LocalWorkspace.createOrSelectStack(
      { stackName: "dev", projectName: "standin", program: () => this.#program() },
      { workDir: this.#folder("work"), pulumiHome: this.#home(), envVars: this.#environment() },
    );
    return this.#stack;
  }

  #environment(): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: `file://${this.#folder("backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      KEELSON_CONTROL_PLANE: this.plane,
      KEELSON_CLOUD: this.cloud,
      KEELSON_DRYRUN: join(this.folder, "dryrun.jsonl"),
      KEELSON_UNEXPANDED: join(this.folder, "unexpanded.jsonl"),
      KEELSON_RENDERED: this.rendered,
      KEELSON_PLAYED: join(this.folder, "played.jsonl"),
    };
  }

  #home(): string {
    const home = this.#folder("home");
    installPlugins(home);
    return home;
  }

  #folder(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }
}

type Listen = { readonly onOutput: (text: string) => void; readonly onEvent: (event: EngineEvent) => void };
type Act = (stack: Stack, listen: Listen) => Promise<Pick<Outcome, "summary"> & Partial<Outcome>>;
