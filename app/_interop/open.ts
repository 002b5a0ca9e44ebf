/** What other tools write into files and pictures, told apart and opened. */
import { LoomError, type LoomDocument } from '@/engine';
import { importParameters } from './a1111/import';
import { isParameters } from './a1111/parameters';
import { importComfyJson } from './comfy/import';
import type { ImportOptions } from './comfy/import';
import { parseLooseJson } from './comfy/json';
import type { ImportReport } from './comfy/report';
import { kindOf } from './comfy/workflow';
import { importInvokeWorkflow, importMetadata, isInvokeWorkflow } from './invokeai/import';

export type { ImportOptions, ImportReport };
export interface ForeignGraph {
  readonly document: LoomDocument;
  readonly report: ImportReport;
}

/** The keys under which pictures carry graphs, the fullest first: what ComfyUI itself prefers. */
export const foreignKeys = [
  'workflow',
  'prompt',
  'invokeai_workflow',
  'invokeai_metadata',
  'parameters',
] as const;
export type ForeignKey = (typeof foreignKeys)[number];

/**
 * The graph of another tool in a text that somebody opened or pasted; undefined when it is none.
 * @throws LoomError `invalid-document`, `too-large` when it is one and cannot be read
 */
export function openForeignText(text: string, options: ImportOptions): ForeignGraph | undefined {
  const start = text.trimStart();
  if (isParameters(start)) return importParameters(start, options);
  if (!start.startsWith('{') || !looksForeign(start)) return undefined;
  const value = parseLooseJson(start);
  // InvokeAI's has a list of nodes as well.
  if (isInvokeWorkflow(value)) return importInvokeWorkflow(start, options);
  return kindOf(value) === undefined ? undefined : importComfyJson(value, options);
}

/** By what every such file has, so that others are not parsed twice. */
const looksForeign = (text: string): boolean =>
  !/"format"\s*:\s*"latent-loom/.test(text) &&
  (/"class_type"\s*:/.test(text) ||
    (/"nodes"\s*:/.test(text) && /"(links|last_link_id|exposedFields)"\s*:/.test(text)));

/**
 * The graph that a picture's texts carry; undefined when none does. One that is damaged is passed over
 * for the next; when none can be read the first refusal is thrown.
 */
export function openForeignTexts(
  texts: ReadonlyMap<string, string>,
  options: ImportOptions,
): ForeignGraph | undefined {
  let refusal: unknown;
  for (const key of foreignKeys) {
    const text = texts.get(key);
    if (text === undefined) continue;
    try {
      return openers[key](text, options);
    } catch (thrown) {
      if (!(thrown instanceof LoomError)) throw thrown;
      refusal ??= thrown;
    }
  }
  if (refusal !== undefined) throw refusal;
  return undefined;
}

const openers: Readonly<Record<ForeignKey, (text: string, options: ImportOptions) => ForeignGraph>> = {
  workflow: (text, options) => importComfyJson(parseLooseJson(text), options),
  prompt: (text, options) => importComfyJson(parseLooseJson(text), options),
  invokeai_workflow: importInvokeWorkflow,
  invokeai_metadata: importMetadata,
  parameters: importParameters,
};
