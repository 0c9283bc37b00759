/**
 * Plays Argo CD for the root Application that Keelson manages: applies the rendered folder as Argo CD would, and removes
 * it in reverse order when the Application goes. Other Applications only lose the finalizer that nobody here would honour.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { isProperties, type Properties, type Value } from "../../values";
import { KindMissing, referenceOf, type Live } from "../client";
import { annotation, at, record, textAt, texts, withField } from "../fields";
import { recordPlayed } from "../records";
import { persistently } from "../refusals";
import type { Controller, Play } from "./play";

export const DELIVERY_PLAYER = "argocd-application-controller";

const MANAGER = "argocd-controller";
const INSTANCE = "argocd.argoproj.io/instance";
const FINALIZER = "resources-finalizer.argocd.argoproj.io";
const MANAGED = "app.kubernetes.io/managed-by";

export const applicationController: Controller = {
  kinds: ["Application"],
  applied: async (play, application) => {
    if (!isRoot(application) || isPassive(application)) return;
    for (const object of rendered()) await deliver(play, application, object);
  },
  deleting: async (play, application) => {
    if (!texts(application, "metadata", "finalizers").some((each) => each.startsWith(FINALIZER))) return;
    if (isRoot(application)) for (const object of [...rendered()].reverse()) await withdraw(play, object);
    await play.client.merge(referenceOf(application), { metadata: { finalizers: null } });
  },
};

/** The root, by label or annotation, or as the program itself names it: its project too is called root. */
const isRoot = (application: Live): boolean =>
  [textAt(application, "metadata", "labels", MANAGED), annotation(application, MANAGED)].includes("keelson") ||
  (textAt(application, "metadata", "name") === "root" && textAt(application, "spec", "project") === "root");

/** It has a sync policy, and that does not sync by itself. */
const isPassive = (application: Live): boolean =>
  at(application, "spec", "syncPolicy") !== undefined &&
  at(application, "spec", "syncPolicy", "automated") === undefined;

/** Objects of the folder `KEELSON_RENDERED`, in the order they are applied. */
export function rendered(folder = process.env["KEELSON_RENDERED"] ?? ""): readonly Properties[] {
  if (folder === "" || !existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.ya?ml$/.test(name));
  const objects = files.sort().flatMap((name) => documents(readFileSync(join(folder, name), "utf8")));
  return [...objects].sort((a, b) => wave(a) - wave(b));
}

const documents = (text: string): readonly Properties[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Value)
    .filter((value): value is Properties => isProperties(value) && textAt(value, "kind") !== "");

/** Sync waves first, then the kinds others need. */
export function wave(object: Properties): number {
  const first = ["Namespace", "CustomResourceDefinition", "ServiceAccount", "ConfigMap", "Secret"];
  const rank = first.indexOf(textAt(object, "kind"));
  return Number(annotation(object, "argocd.argoproj.io/sync-wave") || 0) * 100 + (rank < 0 ? first.length : rank);
}

async function deliver(play: Play, application: Live, object: Properties): Promise<void> {
  const labels = { ...record(object, "metadata", "labels"), [INSTANCE]: textAt(application, "metadata", "name") };
  const labelled = withField(object, ["metadata", "labels"], labels);
  const live = await persistently(() => play.client.apply(labelled, { fieldManager: MANAGER, force: true }));
  await play.applied(live);
  recordPlayed({ played: DELIVERY_PLAYER, did: `applied ${described(live)}` });
}

async function withdraw(play: Play, object: Properties): Promise<void> {
  try {
    const live = await play.client.get(referenceOf(object));
    if (live === undefined || at(live, "metadata", "labels", INSTANCE) === undefined) return;
    await play.deleting(live);
    await play.client.delete(referenceOf(object), "Background");
    await play.deleted(live);
    recordPlayed({ played: DELIVERY_PLAYER, did: `removed ${described(live)}` });
  } catch (error) {
    if (!(error instanceof KindMissing)) throw error;
  }
}

const described = (live: Live): string => `${textAt(live, "kind")} ${textAt(live, "metadata", "name")}`;
