/** IAM policy documents, which arrive as JSON text or as a map. */
import { Field, plain } from "../value";

/** The statements of a document; one that is no JSON has none, and the cloud refuses it anyway. */
export function statements(document: Field): readonly Field[] {
  const { value } = document;
  const parsed = typeof value === "string" ? new Field(parse(value), document) : document;
  const listed = parsed.at("Statement");
  return texts(listed).filter(({ isSet }) => isSet);
}

/** Never lets the text into an error. */
function parse(text: string): ReturnType<typeof plain> {
  try {
    return plain(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The values of an element that may be one text or a list of them. */
export const texts = (element: Field): readonly Field[] =>
  element.isList && element.items.length > 0 ? element.items : [element];

/** Whether a statement is for everybody: a principal of `*`, of AWS or at all. */
export const isEverybody = (statement: Field): boolean =>
  principals(statement.at("Principal")).some((principal) => principal.is("*"));

const principals = (principal: Field): readonly Field[] => (principal.isMap ? texts(principal.at("AWS")) : [principal]);
