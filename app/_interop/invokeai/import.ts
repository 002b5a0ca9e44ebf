/**
 * InvokeAI's pictures (`invokeai_metadata`) and workflows (`meta.version`). Metadata names a finished
 * generation and becomes a graph that runs. A workflow's nodes become placeholders with their values and
 * wires, except those that are one of ours.
 */
import { getOwn } from '@/engine/types';
import { z } from 'zod';
import { documentVersion, LoomError, parseDocument, type LoomDocument } from '@/engine';
import { importParameters } from '../a1111/import';
import type { ImportOptions } from '../comfy/import';
import { parseLooseJson, type Json } from '../comfy/json';
import type { ImportReport, NodeReport } from '../comfy/report';

const text = z.string().catch('');
const name = z.union([z.string(), z.looseObject({ name: text }).transform((model) => model.name)]);
const metadataSchema = z.looseObject({
  positive_prompt: text,
  negative_prompt: text.nullish(),
  width: z.number().optional().catch(undefined),
  height: z.number().optional().catch(undefined),
  seed: z.number().optional().catch(undefined),
  steps: z.number(),
  cfg_scale: z.number().optional().catch(undefined),
  scheduler: text.optional(),
  model: name.optional().catch(undefined),
});

/** InvokeAI's scheduler names as A1111's labels, which the same table maps. */
const labels: Readonly<Record<string, string>> = {
  ddim: 'DDIM',
  ddpm: 'DDIM',
  euler: 'Euler',
  euler_k: 'Euler Karras',
  euler_a: 'Euler a',
  heun: 'Heun',
  heun_k: 'Heun Karras',
  lms: 'LMS',
  lms_k: 'LMS Karras',
  kdpm_2: 'DPM2',
  kdpm_2_k: 'DPM2 Karras',
  kdpm_2_a: 'DPM2 a',
  dpmpp_2s: 'DPM++ 2S a',
  dpmpp_2m: 'DPM++ 2M',
  dpmpp_2m_k: 'DPM++ 2M Karras',
  dpmpp_2m_sde: 'DPM++ 2M SDE',
  dpmpp_2m_sde_k: 'DPM++ 2M SDE Karras',
  dpmpp_3m: 'DPM++ 3M SDE',
  dpmpp_3m_k: 'DPM++ 3M SDE Karras',
  dpmpp_sde: 'DPM++ SDE',
  dpmpp_sde_k: 'DPM++ SDE Karras',
  pndm: 'PLMS',
  unipc: 'UniPC',
  unipc_k: 'UniPC Karras',
  lcm: 'LCM',
};

interface Opened {
  readonly document: LoomDocument;
  readonly report: ImportReport;
}

/** @throws LoomError `invalid-document`, `too-large` */
export function importMetadata(json: string, options: ImportOptions): Opened {
  const parsed = metadataSchema.safeParse(parseLooseJson(json));
  if (!parsed.success)
    throw new LoomError('invalid-document', 'This metadata of InvokeAI names no generation.');
  const { data } = parsed;
  const label = labels[data.scheduler ?? 'euler'] ?? data.scheduler ?? 'Euler';
  const quoted = (value: string): string => JSON.stringify(value);
  // One reader for what is the same: the numbers behind a prompt.
  const { document, report } = importParameters(
    [
      'prompt',
      'Negative prompt: negative',
      [
        `Steps: ${Math.round(data.steps)}`,
        `Sampler: ${label}`,
        `CFG scale: ${data.cfg_scale ?? 7}`,
        `Seed: ${Math.max(0, Math.round(data.seed ?? 0))}`,
        ...(data.width !== undefined && data.height !== undefined
          ? [`Size: ${Math.round(data.width)}x${Math.round(data.height)}`]
          : []),
        ...(data.model === undefined ? [] : [`Model: ${quoted(data.model)}`]),
        'RNG: CPU',
      ].join(', '),
    ].join('\n'),
    options,
  );
  const set = (node: string, params: Record<string, Json>): void => {
    Object.assign(getOwn(document.nodes, node)?.params ?? {}, params);
  };
  set('prompt', { text: data.positive_prompt });
  set('negative', { text: data.negative_prompt ?? '' });
  set('noise', { seeds: 'one' });
  set('sampler', { dialect: 'diffusers' });
  return { document, report: { ...report, source: 'invokeai' } };
}

const workflowSchema = z.looseObject({
  name: text,
  meta: z.looseObject({ version: z.string().regex(/^\d+\.\d+/) }),
  nodes: z
    .array(
      z.looseObject({
        id: z.string().max(400),
        type: z.string(),
        position: z.looseObject({ x: z.number(), y: z.number() }).catch({ x: 0, y: 0 }),
        data: z.looseObject({
          type: z.string().max(400),
          label: text.optional(),
          inputs: z.record(z.string(), z.looseObject({ value: z.json().optional() })).catch({}),
        }),
      }),
    )
    .max(10_000),
  edges: z
    .array(
      z.looseObject({
        source: z.string(),
        target: z.string(),
        sourceHandle: z.string().nullish(),
        targetHandle: z.string().nullish(),
      }),
    )
    .catch([]),
});

/** Whether a parsed value is one: it says its version and its nodes have data. */
export const isInvokeWorkflow = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'meta' in value &&
  'exposedFields' in value &&
  'nodes' in value;

/** @throws LoomError `invalid-document`, `too-large` */
export function importInvokeWorkflow(json: string, options: ImportOptions): Opened {
  const parsed = workflowSchema.safeParse(parseLooseJson(json));
  if (!parsed.success)
    throw new LoomError('invalid-document', 'This is not a workflow of InvokeAI that can be read.');
  const { data } = parsed;
  const key = (id: string): string => id.replaceAll(/[/@#]/g, '_') || '_';
  const nodes: Record<string, object> = {};
  const notes: Record<string, object> = {};
  const reports: NodeReport[] = [];
  for (const node of data.nodes) {
    const position = { x: node.position.x, y: node.position.y };
    if (node.type === 'notes') {
      const { notes: words } = node.data;
      notes[key(node.id)] = {
        text: typeof words === 'string' ? words : '',
        position,
        size: { width: 260, height: 120 },
      };
      continue;
    }
    if (node.type !== 'invocation') continue;
    const params = Object.fromEntries(
      Object.entries(node.data.inputs).flatMap(([input, { value }]) =>
        value === undefined || input === '__proto__' ? [] : [[input, value] as const],
      ),
    );
    nodes[key(node.id)] = {
      type: `invokeai/${node.data.type}`,
      params,
      position,
      title: node.data.label === undefined || node.data.label === '' ? node.data.type : node.data.label,
      invokeai: node,
    };
    reports.push({
      id: node.id,
      type: node.data.type,
      node: key(node.id),
      outcome: 'placeholder',
      differences: [],
      needs: 'invokeai',
    });
  }
  const edges = Object.fromEntries(
    data.edges.flatMap(({ source, target, sourceHandle, targetHandle }, index) =>
      sourceHandle && targetHandle
        ? [
            [
              `e${index + 1}`,
              {
                from: { node: key(source), port: sourceHandle },
                to: { node: key(target), port: targetHandle },
              },
            ] as const,
          ]
        : [],
    ),
  );
  const document = parseDocument({
    format: 'latent-loom',
    version: documentVersion,
    nodes,
    edges,
    notes,
    meta: { title: options.title ?? data.name },
  }).document;
  return { document, report: { source: 'invokeai', nodes: reports, missing: [], dropped: 0 } };
}
