/**
 * What the pack says of a stack as its state has it, with every value known by now: `pulumi policy analyze`, which runs no
 * program and calls no provider. The engine lists violations only; the whole is in the verdict file that the pack writes.
 */
import { runCommand } from "./engine-process";
import { RunFailed } from "./failures";
import { type VerdictDocument, recorded } from "./records";
import { type Session, failuresOf } from "./session";

/** @param stage which violations refuse; the engine hands an analyzer no settings here. */
export async function analyze(session: Session, stage: string): Promise<VerdictDocument> {
  const { files, pulumi, pack = "" } = session;
  const args = ["policy", "analyze", "--stack", files.stack, "--policy-pack", pack];
  const [end, { verdicts }] = await recorded((env) =>
    runCommand({ files, pulumi, args, env: { ...session.env, ...env, KEELSON_STAGE: stage } }),
  );
  if (verdicts === undefined) throw new RunFailed(failuresOf(end, []), files.logs);
  return verdicts;
}
