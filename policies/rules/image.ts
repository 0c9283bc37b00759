/** What runs is what was meant: an image named by tag or digest, never by "whatever is newest". */
import { containers } from "../kubernetes/pods";
import { each, violatedIf, type Finding, type Rule } from "../rule";
import type { Field } from "../value";
import { podRule } from "./pod-rule";

/** The part after the last slash holds the tag; a registry may have a port before it. */
const tagOf = (image: string): string | undefined => /:([^/]+)$/.exec(image)?.[1];

const isPinned = (image: string): boolean =>
  image.includes("@sha256:") || ![undefined, "latest"].includes(tagOf(image));

const pinned = (spec: Field): readonly Finding[] =>
  each(
    containers(spec).map((container) => container.at("image")),
    (image) => violatedIf(!isPinned(image.text ?? ""), image, "neither a digest nor a tag other than latest"),
  );

export const IMAGE_RULES: readonly Rule[] = [
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
      },
      pinned,
    ),
    category: "image",
  },
];
