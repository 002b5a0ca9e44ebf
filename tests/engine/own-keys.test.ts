/** Records of documents are read by own keys only: the lint rule, as a test, over the syntax of every source file. */
import { readFileSync, readdirSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const records = new Set(['nodes', 'edges', 'groups', 'notes', 'definitions', 'sweeps']);

/** Whether an element access reads a record of a document by a name that is not known here. */
function readsRecord(access: ts.ElementAccessExpression): boolean {
  const { expression, argumentExpression: key, parent } = access;
  if (!ts.isPropertyAccessExpression(expression) || !records.has(expression.name.text)) return false;
  if (ts.isStringLiteralLike(key) || ts.isNumericLiteral(key)) return false;
  if (ts.isDeleteExpression(parent)) return false;
  return !(
    ts.isBinaryExpression(parent) &&
    parent.left === access &&
    parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  );
}

/** Places of the reads in one file, as `file:line`. */
export function readsIn(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isElementAccessExpression(node) && readsRecord(node))
      found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('no record of a document is read by a foreign name without getOwn', () => {
  const files = ['app', 'engine', 'nodes'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((file) => readsIn(file, readFileSync(`${root}${file}`, 'utf8')));
  // Lists, not records.
  const lists = found.filter(
    (place) => !/^(engine\/graph\/topology\.ts|nodes\/sampling\/_math\/)/.test(place),
  );
  expect(lists).toEqual([]);
});

it('the rule finds what it is for, and nothing else', () => {
  expect(readsIn('x.ts', 'const a = document.nodes[id];')).toEqual(['x.ts:1']);
  expect(readsIn('x.ts', 'document.nodes[id] = a; delete document.edges[id]; document.nodes["a"];')).toEqual(
    [],
  );
});
