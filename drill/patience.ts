/** Asking again what is throttled, as every client of an object store does. */
import { setTimeout as pause } from "node:timers/promises";
import { S3Error } from "../embedded/region/s3";

const THROTTLING = ["SlowDown", "ServiceUnavailable", "503"];

export const isThrottling = (error: unknown): boolean => error instanceof S3Error && THROTTLING.includes(error.code);

const ATTEMPTS = 4;
const FIRST_MS = 100;

/** Tries up to four times, each pause twice the one before. */
export async function patiently<T>(ask: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isThrottling(error) || attempt >= ATTEMPTS) throw error;
    await pause(FIRST_MS * 2 ** attempt);
    return patiently(ask, attempt + 1);
  }
}
