/** The stand-in for the `kubernetes` provider: the engine's requests, handed to the file that owns each. */
import type { Difference } from "../diff";
import { Refused, type DiffRequest, type Provider } from "../provider";
import { packageVersion } from "../sdk";
import { construct } from "./chart";
import { check } from "./checking";
import { controlPlane } from "./control-plane";
import { remove } from "./deleting";
import { differenceOf, replacing } from "./difference";
import { annotation } from "./fields";
import { kindOf } from "./kind";
import { previewCreate, previewUpdate } from "./preview";
import { locate, read } from "./reading";
import { settingsDifference, settingsOf } from "./settings";
import { verdictOn } from "./verdict";
import { create, update, type Session } from "./writing";

/** A provider that knows no cluster until it is configured. */
export function kubernetesProvider(): Provider {
  const interruption = new AbortController();
  let session: Session = { settings: settingsOf({ kubeconfig: "{}" }, undefined), signal: interruption.signal };
  return {
    version: packageVersion("kubernetes"),
    diffConfig: ({ oldInputs, news }) => settingsDifference(oldInputs, news),
    configure: ({ args }) => void (session = { ...session, settings: settingsOf(args, controlPlane()) }),
    check: (request) => check(session, request),
    diff: (request) => diff(session, request),
    create: async (request) =>
      request.preview ? { id: "", properties: await previewCreate(session, request) } : create(session, request),
    update: (request) => (request.preview ? previewUpdate(session, request) : update(session, request)),
    read: (request) => read(session, request),
    delete: (request) => remove(session, request),
    invoke: ({ token }) => {
      throw new Refused(
        `${token} is not supported by the local stand-in: it would need Helm, Kustomize or the network`,
      );
    },
    construct,
    cancel: () => interruption.abort(),
  };
}

async function diff(session: Session, request: DiffRequest): Promise<Difference> {
  const kind = kindOf(request.type, request.news);
  const asked = { ...request, kind, mutable: session.settings.mutable };
  const difference = differenceOf(asked);
  return (await isUnreadyJob(session, request)) ? replacing(asked, difference, REPLACE_UNREADY) : difference;
}

const REPLACE_UNREADY = 'metadata.annotations["pulumi.com/replaceUnready"]';

/** `pulumi.com/replaceUnready`: a Job that did not complete is made anew. */
async function isUnreadyJob({ settings }: Session, { type, id, news, olds }: DiffRequest): Promise<boolean> {
  if (annotation(news, "pulumi.com/replaceUnready") !== "true" || !type.endsWith(":Job")) return false;
  const live = await settings.client?.get(locate(type, id, olds)).catch(() => undefined);
  return live !== undefined && !verdictOn({ apiVersion: "batch/v1", kind: "Job", ...live }).ready;
}
