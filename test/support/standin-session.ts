/** Runs of the product's own engine code on a small program over the stand-in AWS, in a checkout of its own. */
import { installPlugins } from "../../embedded/standin/plugins";
import { type Program } from "../../embedded/engine/language-server";
import { type Session } from "../../embedded/engine/session";
import { type StackFiles } from "../../embedded/engine/stack-files";
import { toyCheckout, toySession } from "./toy";

export const standinCheckout = (): StackFiles => {
  const files = toyCheckout("config:\n  aws:region: eu-west-1\n");
  installPlugins(files.home);
  return files;
};

/** `plane` is the path of a control-plane.json, for programs with Kubernetes objects. */
export const standinSession = (files: StackFiles, program: Program, plane?: string): Session => {
  const session = toySession(files, program);
  return plane === undefined ? session : { ...session, env: { ...session.env, KEELSON_CONTROL_PLANE: plane } };
};
