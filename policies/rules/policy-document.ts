/** IAM policy documents, which arrive as JSON text or as a map. */
import { Field, plain } from "../value";

/** The statements of a document; one that is no JSON has none, and the cloud refuses it anyway. */
export function statements(document: Field): readonly Field[] {
  const { value } = document;
  const parsed = typeof value === "string" ? new Field(parse(value), document) : document;
  const listed = parsed.at("Statement");
  return listed.items.length > 0 ? listed.items : [listed].filter(({ isSet }) => isSet);
}

/** Never lets the text into an error. */
function parse(text: string): ReturnType<typeof plain> {
  try {
    return plain(JSON.parse(text));
  } catch {
    return undefined;
  }
}
