/** `loom validate`: what inference says about a graph, one line per diagnostic with what would fix it, or the graph fixed. */
import { createTranslator } from 'use-intl/core';
import words from '@/app/_i18n/en/messages.json' with { type: 'json' };
import { fixText } from '@/app/_i18n/fix-text';
import {
  LoomError,
  applyFix,
  infer,
  fixesFor,
  getOwn,
  serialise,
  type Catalog,
  type Diagnostic,
  type Inference,
  type LoomDocument,
  type NodeRegistry,
  type QuickFix,
} from '@/engine';
import { diagnosticLine, errorLines, readDocument } from './document';
import { registryOf, type WithNodes } from './node-packs';
import { installed, whyMissing } from './packages';
import { writeWhole } from './system-files';

/** Fixes applied one after another at most: each removes an error, so that more than this is a broken graph. */
const maxFixes = 100;
/** Problems that fixes are searched for, at most: each search tries edits of the whole graph. */
const maxSearches = 25;

/** A fix in English, nodes named by title and id. */
function fixLine(fix: QuickFix, document: LoomDocument, registry: NodeRegistry): string {
  const t = createTranslator({ locale: 'en', messages: words, namespace: 'fixes' });
  const typeTitle = (type: string): string => registry.get(type)?.title ?? type;
  const titleOf = (id: string): string => {
    const node = getOwn(document.nodes, id);
    return node ? `“${node.title ?? typeTitle(node.type)}” (${id})` : `“${id}”`;
  };
  return `  fix: ${fixText(fix, (key, values) => t(key, values), titleOf, typeTitle)}`;
}

/** The first fix of the first error that has one. */
function firstFix(inference: Inference): QuickFix | undefined {
  for (const found of inference.diagnostics
    .filter(({ severity }) => severity === 'error')
    .slice(0, maxSearches)) {
    // Another node in its place would lose what was set there: that is a person's choice.
    const fix = fixesFor(found, inference).find(({ kind }) => kind !== 'replace-node');
    if (fix) return fix;
  }
  return undefined;
}

/** The document with the first fix of each error applied, as long as there is one; `said` gets each. */
function fixed(
  document: LoomDocument,
  registry: NodeRegistry,
  catalog: Catalog,
  said: (fix: QuickFix, at: LoomDocument) => void,
) {
  let current = document;
  for (let count = 0; count < maxFixes; count++) {
    const inference = infer({ document: current, registry, catalog });
    const fix = firstFix(inference);
    if (!fix) break;
    said(fix, current);
    current = structuredClone(current);
    applyFix(current, fix, registry);
  }
  return current;
}

const failed = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

/**
 * @param options.fix a file for the graph with the first fix of every error applied; the code is the fixed graph's
 * @returns 1 when there is any error, else 0
 */
export async function validate(
  file: string,
  options: WithNodes & { readonly models?: string; readonly json?: boolean; readonly fix?: string },
): Promise<number> {
  if (options.fix?.trim() === '')
    throw new LoomError(
      'bad-input',
      '--fix is empty.',
      {},
      { fix: 'Name a file, or - for standard output.' },
    );
  // Standard output is the graph's then.
  const print = options.fix === '-' ? console.error : console.log;
  const document = await readDocument(file);
  const registry = await registryOf(options);
  const { catalog, ...known } = await installed(options.models);
  const inference = infer({ document, registry, catalog });
  const { diagnostics } = inference;
  const unusable = whyMissing(known, diagnostics);
  if (unusable && !options.json) for (const line of errorLines(unusable)) console.error(line);
  if (options.json)
    print(
      JSON.stringify(
        diagnostics.map((found, index) => ({
          ...found,
          fixes: index < maxSearches ? fixesFor(found, inference) : [],
        })),
        null,
        2,
      ),
    );
  else
    for (const [index, diagnostic] of diagnostics.entries()) {
      print(diagnosticLine(diagnostic));
      if (options.fix === undefined && index < maxSearches)
        for (const fix of fixesFor(diagnostic, inference)) console.log(fixLine(fix, document, registry));
    }
  if (options.fix === undefined) return failed(diagnostics) ? 1 : 0;
  const whole = fixed(document, registry, catalog, (fix, at) =>
    console.error(fixLine(fix, at, registry).trim()),
  );
  await writeWhole(options.fix, serialise(whole));
  return failed(infer({ document: whole, registry, catalog }).diagnostics) ? 1 : 0;
}
