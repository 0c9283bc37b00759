/**
 * Where somebody would mend what a plan found: the file of the service, as the graph's call sites know it, else the
 * settings of the part of the platform in `Pulumi.STACK.yaml`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { servicesOf } from "../graph/model";
import { type ObjectVerdict } from "../embedded/engine/records";
import { type Owner, ownerOf, servicesIn } from "./parts";
import { type FilePlace } from "./sarif/log";
import { type Stack } from "./stack";

/** The settings that shape a part of the platform, where they are not named as it is. */
const SETTINGS: Readonly<Record<string, string>> = { data: "stores", "whole cluster": "cluster", keys: "protection" };

export type PlaceOfOwner = (owner: Owner | undefined) => FilePlace;

/** @param checkout the folder with the stack's file, which is read once. */
export function placesOf({ name, graph }: Stack, checkout: string): PlaceOfOwner {
  const file = `Pulumi.${name}.yaml`;
  const lines = readFileSync(join(checkout, file), "utf8").split("\n");
  const services = new Map(
    servicesOf(graph).map(({ name: service, service: { site } }) => [service, parsed(site.toString())]),
  );
  const lineOf = (key: string): number => lines.findIndex((line) => line.trimStart().startsWith(`keelson:${key}:`)) + 1;
  return (owner) => {
    const declared = owner?.kind === "service" ? services.get(owner.name) : undefined;
    const part = owner?.name ?? "";
    return declared ?? { file, line: Math.max(1, lineOf(SETTINGS[part] ?? part)) };
  };
}

/** The same for one verdict; a field of an object has no line of its own in the program. */
export function placeOfVerdicts(stack: Stack, checkout: string): (object: ObjectVerdict) => FilePlace {
  const [placeOf, services] = [placesOf(stack, checkout), servicesIn(stack.graph)];
  return (object) => placeOf(ownerOf(object, services));
}

/** `services/shop/order.ts:7`; a call site that cannot be told names no file. */
function parsed(site: string): FilePlace | undefined {
  const [, file, line] = /^(.+):(\d+)$/.exec(site) ?? [];
  return file === undefined ? undefined : { file, line: Number(line) };
}
