/**
 * Calls to the local API server that outlive its short absences: a server that is busy or just starting is asked again
 * for a few seconds; one that stays silent is reported as lost, by its endpoint. Every call made here is safe to repeat.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, messageOf } from "../../errors";
import { ApiError, apiClient, type Access, type Call } from "../../plane/api";
import { Refused } from "../provider";
import type { Properties } from "../values";
import { MEND } from "./control-plane";

/** The control plane no longer answers. */
export class ControlPlaneLost extends Refused {
  constructor(endpoint: string, cause: string) {
    super(`the local control plane at ${endpoint} no longer answers (${cause}); ${MEND}`);
  }
}

export type Send = (call: Call) => Promise<Properties>;

const PAUSES_MS: readonly number[] = [100, 300, 900, 2_000, 0];
const SILENCE_MS = 15_000;

/** A sender for one control plane. Once lost, it is asked only once per call until it answers again. */
export function sender(access: Access): Send {
  const { call } = apiClient(access);
  let pauses = PAUSES_MS;
  return async (what) => {
    let failure: unknown;
    for (const pause of pauses) {
      try {
        const answer = (await Promise.race([call(what), silence()])) as Properties;
        pauses = PAUSES_MS;
        return answer;
      } catch (error) {
        if (error instanceof ApiError && !busy(error)) throw error;
        failure = error;
      }
      await sleep(pause);
    }
    pauses = [0];
    throw new ControlPlaneLost(access.endpoint, describe(failure));
  };
}

const busy = ({ status, message }: ApiError): boolean =>
  status === 429 || status === 503 || status === 504 || (status === 403 && message.includes("not yet ready to handle"));

const describe = (error: unknown): string => codeOf(error) || messageOf(error);

async function silence(): Promise<never> {
  await sleep(SILENCE_MS, undefined, { ref: false });
  throw new Error(`no answer in ${SILENCE_MS / 1_000} s`);
}
