import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ROOT, sourceFiles } from "./sources";

/** Places where something is made with `new` inside the callback of an `apply`: invisible to a preview. */
function createdInApply(text: string): readonly string[] {
  const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node, inApply: boolean): void => {
    const applies =
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === "apply";
    if (inApply && ts.isNewExpression(node) && !/^(Map|Set|Error|URL|InvalidInput)$/.test(node.expression.getText()))
      found.push(node.getText().slice(0, 60));
    ts.forEachChild(node, (child) => visit(child, inApply || applies));
  };
  visit(source, false);
  return found;
}

describe("resources", () => {
  it("are never created inside an apply", () => {
    const found = sourceFiles()
      .filter((file) => /^(components|stacks|index)/.test(file))
      .flatMap((file) => createdInApply(readFileSync(join(ROOT, file), "utf8")).map((where) => `${file}: ${where}`));
    assert.deepEqual(found, []);
  });

  it("would be found inside an apply", () => {
    assert.deepEqual(createdInApply("zones.apply((z) => new aws.Subnet(z));"), ["new aws.Subnet(z)"]);
  });
});
