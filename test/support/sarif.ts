/** The official JSON schema of SARIF 2.1.0, as a package ships it, and what a document has against it. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Ajv from "ajv";

const folder = dirname(require.resolve("@microsoft/jest-sarif/package.json"));
const read = (path: string): object => JSON.parse(readFileSync(path, "utf8")) as object;

const ajv = new Ajv({ allErrors: true, schemaId: "auto" }); // the schema is of draft 4, whose ids have no dollar
ajv.addMetaSchema(read(require.resolve("ajv/lib/refs/json-schema-draft-04.json")));
const validate = ajv.compile(read(join(folder, "lib", "schemas", "sarif-2.1.0-rtm.5.json")));

/** Nothing for a valid document. */
export function sarifErrors(document: unknown): readonly string[] {
  if (validate(document) === true) return [];
  return (validate.errors ?? []).map(({ dataPath, message }) => `${dataPath} ${message ?? ""}`);
}
