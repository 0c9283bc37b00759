/**
 * Images that are ours to choose. Versions and digests stand in `image-versions.json`; a service's own image is a setting.
 * That file and this one differ in name because ts-node, with which plain Pulumi runs, finds JSON before TypeScript.
 */
import images from "./image-versions.json";

export type ImageName = keyof typeof images;

/** A reference by digest where one is known, by tag otherwise. */
export const imageOf = (name: ImageName): string => {
  const { image, digest } = images[name];
  return digest === null ? image : `${image}@${digest}`;
};
