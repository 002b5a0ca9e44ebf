/** `loom validate`: what inference says about a graph, one line per finding. */
import { infer } from '@/engine';
import { registry } from '@/nodes/registry';
import { diagnosticLine, readDocument } from './document';
import { installed } from './packages';

/** @returns 1 when there is any error, else 0. */
export async function validate(
  file: string,
  options: { readonly models?: string; readonly json?: boolean },
): Promise<number> {
  const document = await readDocument(file);
  const { catalog } = await installed(options.models);
  const { diagnostics } = infer({ document, registry, catalog });
  if (options.json) console.log(JSON.stringify(diagnostics, null, 2));
  else for (const diagnostic of diagnostics) console.log(diagnosticLine(diagnostic));
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? 1 : 0;
}
