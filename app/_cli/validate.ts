/** `loom validate`: what inference says about a graph, one line per finding with what would mend it, or the graph mended. */
import { writeFile } from 'node:fs/promises';
import { createTranslator } from 'use-intl/core';
import words from '@/app/_i18n/en.json' with { type: 'json' };
import { mendText } from '@/app/_i18n/mend-text';
import {
  applyMend,
  infer,
  mendsOf,
  serialise,
  type Catalog,
  type Diagnostic,
  type Inference,
  type LoomDocument,
  type Mend,
} from '@/engine';
import { registry } from '@/nodes/registry';
import { diagnosticLine, readDocument } from './document';
import { installed } from './packages';

/** Mends applied one after another at most: each removes an error, so that more than this is a broken graph. */
const maxMends = 100;

/** A mend in English, nodes named by title and id. */
function mendLine(mend: Mend, document: LoomDocument): string {
  const t = createTranslator({ locale: 'en', messages: words, namespace: 'mends' });
  const typeTitle = (type: string): string => registry.get(type)?.title ?? type;
  const titleOf = (id: string): string => {
    const node = document.nodes[id];
    return node ? `“${node.title ?? typeTitle(node.type)}” (${id})` : `“${id}”`;
  };
  return `  mend: ${mendText(mend, (key, values) => t(key, values), titleOf, typeTitle)}`;
}

/** The first mend of the first error that has one. */
function firstMend(inference: Inference): Mend | undefined {
  for (const found of inference.diagnostics) {
    const [mend] = found.severity === 'error' ? mendsOf(found, inference) : [];
    if (mend) return mend;
  }
  return undefined;
}

/** The document with the first mend of each error applied, as long as there is one; `said` gets each. */
function mended(document: LoomDocument, catalog: Catalog, said: (mend: Mend, at: LoomDocument) => void) {
  let current = document;
  for (let count = 0; count < maxMends; count++) {
    const inference = infer({ document: current, registry, catalog });
    const mend = firstMend(inference);
    if (!mend) break;
    said(mend, current);
    current = structuredClone(current);
    applyMend(current, mend, registry);
  }
  return current;
}

const failed = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

/**
 * @param options.mend a file for the graph with the first mend of every error applied; the code is the mended graph's
 * @returns 1 when there is any error, else 0
 */
export async function validate(
  file: string,
  options: { readonly models?: string; readonly json?: boolean; readonly mend?: string },
): Promise<number> {
  const document = await readDocument(file);
  const { catalog } = await installed(options.models);
  const inference = infer({ document, registry, catalog });
  const { diagnostics } = inference;
  if (options.json)
    console.log(
      JSON.stringify(
        diagnostics.map((found) => ({ ...found, mends: mendsOf(found, inference) })),
        null,
        2,
      ),
    );
  else
    for (const diagnostic of diagnostics) {
      console.log(diagnosticLine(diagnostic));
      if (options.mend === undefined)
        for (const mend of mendsOf(diagnostic, inference)) console.log(mendLine(mend, document));
    }
  if (options.mend === undefined) return failed(diagnostics) ? 1 : 0;
  const whole = mended(document, catalog, (mend, at) => console.error(mendLine(mend, at).trim()));
  await writeFile(options.mend, serialise(whole));
  return failed(infer({ document: whole, registry, catalog }).diagnostics) ? 1 : 0;
}
