/** What Argo CD would find in the stack's repository, as files: the stand-in syncs the root application from them. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type RenderedFile } from "../../stacks/render";
import { type Access, apiClient } from "../plane/api";
import { Client } from "../standin/kubernetes/client";
import { controlPlane as accessTo } from "../standin/kubernetes/control-plane";
import { rendered as renderedObjects } from "../standin/kubernetes/played/argocd";
import { playOn } from "../standin/kubernetes/played/play";
import { playUntilReady } from "../standin/kubernetes/played/volumes";
import { type StackFiles } from "./stack-files";

/** Writes the folder anew: a file that is no longer rendered is no longer synced. */
export function writeRendered({ rendered }: StackFiles, delivered: readonly RenderedFile[]): void {
  rmSync(rendered, { recursive: true, force: true });
  for (const { path, text } of delivered) {
    const to = join(rendered, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
}

const ROOT = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "root", namespace: "argocd" },
};
const CASCADE = "resources-finalizer.argocd.argoproj.io";

/**
 * Plays Argo CD's next look at its repository: what the folder says is applied, also where Pulumi had nothing to change
 * and where somebody changed it behind Argo CD's back.
 */
export async function syncDelivered({ controlPlane, rendered, cloud }: StackFiles): Promise<void> {
  const access = accessTo(controlPlane);
  if (access === undefined || !existsSync(rendered)) return;
  Object.assign(process.env, { KEELSON_CLOUD: cloud, KEELSON_RENDERED: rendered }); // the player reads them
  const play = playOn(new Client(access));
  const { metadata, ...kind } = ROOT;
  const root = await play.client.get({ ...kind, ...metadata });
  if (root === undefined) return;
  await play.applied(root);
  await playUntilReady(play.client, renderedObjects(rendered));
}

/**
 * Has the root application take along what it applied when it goes, as `argocd app delete --cascade` would. It is not so by
 * itself: when a stack goes back to Pulumi, its application goes and the pods stay.
 */
export async function cascadeDelivered({ controlPlane, rendered }: StackFiles): Promise<void> {
  if (!existsSync(rendered) || !existsSync(controlPlane)) return;
  const api = apiClient(JSON.parse(readFileSync(controlPlane, "utf8")) as Access);
  try {
    const root = await api.read(ROOT).catch(() => undefined); // a run cut off before Argo CD's definitions has none
    if (root === undefined) return;
    const body = { metadata: { finalizers: [CASCADE] } };
    const contentType = "application/merge-patch+json";
    await api.call({ method: "PATCH", path: await api.pathOf(ROOT), body, contentType });
  } finally {
    api.close();
  }
}
