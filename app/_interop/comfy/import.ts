/** From a ComfyUI graph to a document of ours, and a report of what became of each node. */
import { documentVersion, LoomError, parseDocument, type LoomDocument } from '@/engine';
import { parseLooseJson, type Json } from './json';
import { importLevel, type ImportOptions, type LevelResult } from './import-level';
import { promptToWorkflow } from './prompt';
import { readWorkflowLevel } from './read-level';
import type { ImportReport, NodeReport } from './report';
import { readSubgraphs } from './subgraphs';
import { isObject, kindOf, parsePrompt, parseWorkflow } from './workflow';

export type { ImportOptions } from './import-level';

export interface Imported {
  readonly document: LoomDocument;
  readonly report: ImportReport;
}

/**
 * Opens a workflow or a prompt of ComfyUI from its JSON text.
 * @example importComfy(await file.text(), { registry, title: 'portrait' }).document
 * @throws LoomError `invalid-document` or `too-large`; what is odd inside a graph is kept or left out, never an error
 */
export function importComfy(text: string, options: ImportOptions): Imported {
  return importComfyJson(parseLooseJson(text), options);
}

/** The same for a value that was parsed already. */
export function importComfyJson(value: Json, options: ImportOptions): Imported {
  const kind = kindOf(value);
  if (kind === undefined)
    throw new LoomError('invalid-document', 'This is neither a workflow nor a prompt of ComfyUI.');
  return importWorkflow(kind === 'workflow' ? value : promptToWorkflow(parsePrompt(value)), kind, options);
}

function importWorkflow(raw: Json, kind: 'workflow' | 'prompt', options: ImportOptions): Imported {
  const workflow = parseWorkflow(raw);
  const definitions = readSubgraphs(workflow);
  const root = importLevel(readWorkflowLevel(workflow), {
    options,
    prefix: '',
    subgraphs: definitions.forLevel(workflow.nodes),
    groups: workflow.groups,
    raw: withoutNodes(raw),
    unplaced: kind === 'prompt',
  });
  const inner = definitions.all().map((subgraph) => ({
    subgraph,
    result: importLevel(readWorkflowLevel(subgraph.level), {
      options,
      prefix: `${subgraph.id}:`,
      subgraphs: definitions.forLevel(subgraph.level.nodes),
      groups: subgraph.level.groups,
      raw: subgraph.raw,
      unplaced: false,
    }),
  }));
  const document = build(root, options, kind);
  for (const { subgraph, result } of inner)
    document.definitions[subgraph.id] = definitions.definition(subgraph, result);
  definitions.setInstances(document);
  const nodes = [root, ...inner.map(({ result }) => result)].flatMap(({ reports }) => reports);
  const listed = isObject(raw) && Array.isArray(raw['nodes']) ? raw['nodes'].length : 0;
  return {
    document,
    report: report(
      `comfy-${kind}`,
      nodes,
      [root, ...inner.map(({ result }) => result)],
      listed - workflow.nodes.length,
    ),
  };
}

function build(root: LevelResult, options: ImportOptions, kind: 'workflow' | 'prompt'): LoomDocument {
  // Through the door that every document takes: its limits and its typed refusals hold for imports too.
  return parseDocument({
    format: 'latent-loom',
    version: documentVersion,
    ...root.document,
    meta: options.title === undefined ? {} : { title: options.title },
    comfy: { kind, ...root.origin },
  }).document;
}

function report(
  source: ImportReport['source'],
  nodes: readonly NodeReport[],
  levels: readonly LevelResult[],
  dropped: number,
): ImportReport {
  const missing = new Map<string, ImportReport['missing'][number]>();
  for (const { models } of levels)
    for (const { file, node } of models) {
      const key = `${file.kind}\n${file.name}`;
      const known = missing.get(key);
      missing.set(key, { ...file, nodes: [...(known?.nodes ?? []), node] });
    }
  return { source, nodes, missing: [...missing.values()], dropped: Math.max(0, dropped) };
}

function withoutNodes(raw: Json): Record<string, Json> {
  if (!isObject(raw)) return {};
  return Object.fromEntries(Object.entries(raw).filter(([key]) => key !== 'nodes'));
}
