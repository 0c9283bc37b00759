/** Owns waiting for a process of the control plane: bounded, ended early by its death, and then shows its log. */

import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "../process/identity";
import { ApiError, type ApiClient } from "./api";
import { logOf, type Layout, type PlaneProcess } from "./layout";
import { logTail } from "./supervisor";

/** A process of the control plane that ended, or did not become ready in time. */
export class ControlPlaneError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ControlPlaneError";
  }
}

export interface Waiting {
  readonly layout: Layout;
  readonly process: PlaneProcess;
  /** @default 90 */
  readonly patienceSeconds?: number;
}

/** Asks until the answer is yes. @throws ControlPlaneError with the end of the log. */
export async function waitUntil(waiting: Waiting, isReady: () => Promise<boolean>): Promise<void> {
  const patience = waiting.patienceSeconds ?? 90;
  const until = Date.now() + patience * 1_000;
  while (!(await isReady())) {
    if (!isAlive(waiting.process)) throw await failure(waiting, "ended before it was ready");
    if (Date.now() > until) throw await failure(waiting, `was not ready after ${patience} s`);
    await pause(100);
  }
}

async function failure({ layout, process }: Waiting, what: string): Promise<ControlPlaneError> {
  const tail = await logTail(layout, process.name);
  return new ControlPlaneError(`${process.name} ${what}; the end of ${logOf(layout, process.name)}:\n${tail}`);
}

/** Whether an API server says it is ready. Anything but a clear yes is a no. */
export async function isReady(api: ApiClient): Promise<boolean> {
  try {
    return (await api.call({ method: "GET", path: "/readyz" })) === "ok";
  } catch {
    return false;
  }
}

/** Whether the namespace controller and RBAC's bootstrap are through: objects can be created like on any cluster. */
export async function isSettled(api: ApiClient): Promise<boolean> {
  try {
    await api.call({ method: "GET", path: "/api/v1/namespaces/default/serviceaccounts/default" });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/**
 * Whether an address on this machine answers 200. Certificates are not looked at: each component signs its own, nothing
 * secret is sent, and only the status is read.
 */
export function answers(url: string): Promise<boolean> {
  const get = url.startsWith("https:") ? secure : plain;
  return new Promise((resolve) => {
    const asking = get(url, { timeout: 2_000, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => resolve(false));
    asking.end();
  });
}
