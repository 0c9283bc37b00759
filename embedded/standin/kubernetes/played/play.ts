/**
 * The controllers that are played here, and when each acts: after an object was applied, before it is deleted, and when
 * it is gone. A controller is one entry of the table; what it does is recorded for the reports.
 */
import type { Client, Live } from "../client";
import { textAt } from "../fields";
import { applicationController } from "./argocd";
import { classController, gatewayController, routeController } from "./gateways";
import { volumeController } from "./volumes";

/** What a controller may use: the API server, and the other controllers for objects it makes itself. */
export interface Play {
  readonly client: Client;
  /** Of the control plane: by it the cloud's cluster is found. */
  readonly endpoint: string;
  readonly applied: (live: Live) => Promise<void>;
  readonly deleting: (live: Live) => Promise<void>;
  readonly deleted: (live: Live) => Promise<void>;
}

export interface Controller {
  /** Kinds it watches. */
  readonly kinds: readonly string[];
  applied?(play: Play, live: Live): Promise<void>;
  deleting?(play: Play, live: Live): Promise<void>;
  deleted?(play: Play, live: Live): Promise<void>;
}

const CONTROLLERS: readonly Controller[] = [
  volumeController,
  classController,
  gatewayController,
  routeController,
  applicationController,
];

const watching = (live: Live): readonly Controller[] =>
  CONTROLLERS.filter(({ kinds }) => kinds.includes(textAt(live, "kind")));

/** The controllers at work on one control plane. */
export function playOn(client: Client): Play {
  const play: Play = {
    client,
    endpoint: client.endpoint,
    applied: async (live) => {
      for (const controller of watching(live)) await controller.applied?.(play, live);
    },
    deleting: async (live) => {
      for (const controller of watching(live)) await controller.deleting?.(play, live);
    },
    deleted: async (live) => {
      for (const controller of watching(live)) await controller.deleted?.(play, live);
    },
  };
  return play;
}
