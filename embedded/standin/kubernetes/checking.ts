/** Checks inputs before anything is planned: the kind is supported, the object has a name and, if namespaced, a place. */
import type { CheckRequest, CheckResult } from "../provider";
import { hasUnknown, isProperties, text, type Properties } from "../values";
import { at, textAt, withField } from "./fields";
import { kindOf, looksClusterScoped, type Kind } from "./kind";
import { named } from "./naming";
import type { Session } from "./writing";

export async function check(session: Session, request: CheckRequest): Promise<CheckResult> {
  const kind = kindOf(request.type, request.news);
  const { apiVersion, kind: name, patch } = kind;
  const news = { ...request.news, apiVersion, kind: name };
  const failures = patch ? unnamedPatch(news) : generated(news);
  const inputs = patch ? news : named({ ...request, news });
  return { inputs: await placed(session, kind, inputs), failures };
}

const unnamedPatch = (news: Properties) =>
  textAt(news, "metadata", "name") === "" && !hasUnknown(news["metadata"])
    ? [{ property: "metadata.name", reason: "a Patch resource names the object it patches; set metadata.name" }]
    : [];

const generated = (news: Properties) =>
  textAt(news, "metadata", "generateName") === ""
    ? []
    : [{ property: "metadata.generateName", reason: "is not supported with server-side apply; leave the name out" }];

/** The provider's namespace, for objects that live in one and name none. */
async function placed({ settings }: Session, kind: Kind, inputs: Properties): Promise<Properties> {
  const { metadata } = inputs;
  const open = isProperties(metadata) && text(at(metadata, "namespace")) === undefined && !hasUnknown(metadata);
  if (settings.namespace === "" || !open) return inputs;
  const served = await settings.client?.resource(kind).catch(() => undefined);
  const namespaced = served?.namespaced ?? !looksClusterScoped(kind.kind);
  return namespaced ? withField(inputs, ["metadata", "namespace"], settings.namespace) : inputs;
}
