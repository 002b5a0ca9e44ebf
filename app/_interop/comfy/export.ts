/** From a document of ours to ComfyUI's two forms, and a report of what could not be said there. */
import { getOwn } from '@/engine/types';
import type { LoomDefinition, LoomDocument } from '@/engine';
import { levelOriginOf } from './attach';
import { exportLevel, type LevelExport } from './export-level';
import type { Json, JsonObject } from './json';
import { workflowToPrompt } from './prompt';
import type { NodeReport } from './report';
import { isObject, parseWorkflow, type Prompt } from './workflow';

export interface ExportReport {
  readonly nodes: readonly NodeReport[];
}
export interface ExportedWorkflow {
  readonly workflow: JsonObject;
  readonly report: ExportReport;
}
export interface ExportedPrompt {
  readonly prompt: Prompt;
  readonly report: ExportReport;
}

/**
 * The workflow that ComfyUI's editor opens. Nodes that came from one keep ids, sizes and colours; what
 * ComfyUI has no node for is left out and named in the report.
 * @example writeLooseJson(exportWorkflow(document).workflow, 2)
 */
export function exportWorkflow(document: LoomDocument): ExportedWorkflow {
  const origin = levelOriginOf(document);
  const place = (definition: LoomDefinition): number =>
    levelOriginOf(definition)?.index ?? Number.MAX_SAFE_INTEGER;
  const definitions = Object.entries(document.definitions).toSorted(([, a], [, b]) => place(a) - place(b));
  const root = exportLevel(document, { origin, definitions: document.definitions, prefix: '' });
  const inner = definitions.flatMap(([id, definition]) => {
    // A group node's inside is written in `extra.groupNodes`, which is kept as it was.
    if (id.startsWith('group-')) return [];
    const level = exportLevel(definition, {
      origin: levelOriginOf(definition),
      definitions: document.definitions,
      prefix: `${id}:`,
      boundary: definition,
    });
    return [{ id, level, title: definition.title }];
  });
  const raw = origin?.raw ?? {};
  const workflow: JsonObject = {
    ...raw,
    last_node_id: Math.max(root.lastNode, numberOf(raw['last_node_id'])),
    last_link_id: Math.max(root.lastLink, numberOf(raw['last_link_id'])),
    nodes: root.nodes,
    links: root.links,
    groups: root.groups,
    config: raw['config'] ?? {},
    extra: raw['extra'] ?? {},
    version: raw['version'] ?? 0.4,
  };
  if (inner.length > 0)
    workflow['definitions'] = {
      ...(isObject(raw['definitions']) ? raw['definitions'] : {}),
      subgraphs: inner.map(({ id, level, title }) => definitionJson(id, title, level, document)),
    };
  return {
    workflow,
    report: { nodes: [root, ...inner.map(({ level }) => level)].flatMap(({ reports }) => reports) },
  };
}

/** The prompt that ComfyUI's server runs. */
export function exportPrompt(document: LoomDocument): ExportedPrompt {
  const { workflow, report } = exportWorkflow(document);
  const { prompt, nameless } = workflowToPrompt(parseWorkflow(workflow));
  return {
    prompt,
    report: {
      nodes: [
        ...report.nodes,
        ...nameless.map(({ id, type }): NodeReport => ({
          id,
          type,
          outcome: 'nearly',
          differences: [{ code: 'widget-lost' }],
        })),
      ],
    },
  };
}

function definitionJson(id: string, title: string, level: LevelExport, document: LoomDocument): Json {
  const definition = getOwn(document.definitions, id);
  const raw = (definition && levelOriginOf(definition)?.raw) ?? {};
  const port = (name: string, index: number, side: string): Json => ({
    id: `${id}-${side}-${index}`,
    name,
    type: '*',
    linkIds: [],
  });
  return {
    id,
    ...(Object.keys(raw).length === 0 && { version: 1, revision: 0 }),
    ...raw,
    name: title,
    state: raw['state'] ?? {
      lastGroupId: 0,
      lastNodeId: level.lastNode,
      lastLinkId: level.lastLink,
      lastRerouteId: 0,
    },
    inputNode: raw['inputNode'] ?? { id: -10, bounding: [-200, 0, 120, 60] },
    outputNode: raw['outputNode'] ?? { id: -20, bounding: [1000, 0, 120, 60] },
    inputs:
      raw['inputs'] ??
      [...Object.keys(definition?.inputs ?? {}), ...Object.keys(definition?.params ?? {})].map(
        (name, index) => port(name, index, 'in'),
      ),
    outputs:
      raw['outputs'] ?? Object.keys(definition?.outputs ?? {}).map((name, index) => port(name, index, 'out')),
    widgets: raw['widgets'] ?? [],
    nodes: level.nodes,
    links: level.links,
    groups: level.groups,
  };
}

const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
