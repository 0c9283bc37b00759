/** What runs is what was meant: an image named by tag or digest, never by "whatever is newest". */
import { eachContainer, text } from "../admission/form";
import { ALLOWED } from "../allowed";
import { containers } from "../kubernetes/pods";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

/** The part after the last slash holds the tag; a registry may have a port before it. Both read alike here and in CEL. */
const TAGGED = ":[^/]+$";
const LATEST = "(^|/)[^/:]*:latest$";
const DIGEST = "@sha256:";

const isPinned = (image: string): boolean =>
  image.includes(DIGEST) || (new RegExp(TAGGED).test(image) && !new RegExp(LATEST).test(image));

const IMAGE = `c.?image.orValue("")`;
const PINNED = `${IMAGE}.contains(${text(DIGEST)}) || (${IMAGE}.matches(${text(TAGGED)}) && !${IMAGE}.matches(${text(LATEST)}))`;

const pinned = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).map((container) => container.at("image")),
    (image) => violatedIf(!isPinned(image.text ?? ""), image, "neither a digest nor a tag other than latest"),
  );

const images = (spec: Field): readonly Field[] => containers(spec).map((container) => container.at("image"));

/** Without a registry in front the runtime asks Docker Hub, whose official images are in `library`. */
function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === "localhost" ? image : `docker.io/${image}`;
}

/** A beginning must end at a slash, or be the whole repository. */
const isFrom = (name: string, start: string): boolean =>
  name.startsWith(start) && (start.endsWith("/") || ["", ":", "@"].includes(name.charAt(start.length)));

const fromAllowed = (spec: Field): readonly Finding[] =>
  each(images(spec), (image) =>
    violatedIf(
      image.isSet && !ALLOWED.registries.some((start) => isFrom(fullName(image.text ?? ""), start)),
      image,
      "its registry is in no list of ours",
    ),
  );

/** The same in CEL. */
const FULL_NAME = `!c.image.contains("/") ? "docker.io/library/" + c.image : c.image.matches("^([^/]*[.:][^/]*|localhost)/") ? c.image : "docker.io/" + c.image`;

const literally = (start: string): string => start.replace(/[.+]/g, "[$&]") + (start.endsWith("/") ? "" : "($|[:@])");

const TRUSTED = `^(${ALLOWED.registries.map(literally).join("|")})`;

const byDigest = (spec: Field): readonly Finding[] =>
  each(images(spec), (image) =>
    violatedIf(!/@sha256:[0-9a-f]{64}$/.test(image.text ?? ""), image, "a tag alone: what it names may change"),
  );

const imageRule = (facts: Parameters<typeof podRule>[0], check: (spec: Field) => readonly Finding[]): Rule => ({
  ...podRule(facts, check),
  category: "image",
});

export const IMAGE_RULES: readonly Rule[] = [
  imageRule(
    {
      id: "image-registry",
      severity: "high",
      standards: ["nsa"],
      title: "Every image must come from a registry that we trust.",
      why: "Whoever owns the registry decides what runs.",
      remedy: "use an image of a listed registry, or add its beginning to registries of allowances.json",
      link: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
      admission: eachContainer(`!has(c.image) || [${FULL_NAME}].exists(n, n.matches(${text(TRUSTED)}))`),
    },
    fromAllowed,
  ),
  imageRule(
    {
      id: "image-digest",
      severity: "medium",
      standards: ["nsa"],
      title: "Every image must be named by its digest.",
      why: "A tag can be moved to other contents; a digest is the contents.",
      remedy: "append @sha256: and the digest to the tag",
      link: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
    },
    byDigest,
  ),
  {
    ...podRule(
      {
        id: "image-pinned",
        severity: "high",
        standards: ["nsa"],
        title: "Every image must be named by a digest, or a tag other than latest.",
        why: "What was tested is then what runs, on every node and after every restart.",
        remedy: "name the image with its digest, or with the tag of a release",
        link: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
        admission: eachContainer(PINNED),
      },
      pinned,
    ),
    category: "image",
  },
];
