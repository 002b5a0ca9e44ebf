/** ComfyUI's sub-graphs and, older, its group nodes: definitions of ours. */
import { getOwn } from '@/engine/types';
import {
  definitionOf,
  definitionSchema,
  type LoomDefinition,
  type LoomDocument,
  type LoomNode,
} from '@/engine';
import { originOf } from './attach';
import type { LevelResult, SubgraphPorts } from './import-level';
import type { Json, JsonObject } from './json';
import { comfyClass } from './mapping';
import { isMapping } from './mapping/types';
import { isObject, parseWorkflow, type Workflow, type WorkflowLevel, type WorkflowNode } from './workflow';

export interface Subgraph extends SubgraphPorts {
  readonly title: string;
  readonly index: number;
  readonly level: WorkflowLevel & Pick<Workflow, 'groups'>;
  readonly raw: Record<string, Json>;
}

export interface Subgraphs {
  readonly all: () => readonly Subgraph[];
  /** Sub-graphs by the type of their instances; a group node's by `#id`. */
  readonly forLevel: (nodes: readonly WorkflowNode[]) => ReadonlyMap<string, SubgraphPorts>;
  readonly definition: (subgraph: Subgraph, result: LevelResult) => LoomDefinition;
  /** Gives instances the values of the widgets that their sub-graph shows outside. */
  readonly setInstances: (document: LoomDocument) => void;
}

const groupName = /^workflow[/>](.+)$/;

export function readSubgraphs(workflow: Workflow): Subgraphs {
  const byId = new Map<string, Subgraph>();
  for (const inner of workflow.definitions?.subgraphs ?? []) {
    const { raw } = inner;
    byId.set(inner.id, {
      id: inner.id.replaceAll(/[/@#]/g, '_'),
      title: inner.name,
      index: inner.index,
      inputs: unique(inner.inputs.map(({ name }) => name)),
      outputs: unique(inner.outputs.map(({ name }) => name)),
      level: inner,
      raw: isObject(raw) ? Object.fromEntries(Object.entries(raw).filter(([key]) => key !== 'nodes')) : {},
    });
  }
  const groupNodes = workflow.extra?.groupNodes ?? {};
  for (const node of workflow.nodes) {
    const name = groupName.exec(node.type)?.[1];
    const found = name === undefined ? undefined : getOwn(groupNodes, name);
    if (name === undefined || !found) continue;
    byId.set(`#${node.id}`, fromGroupNode(`group-${node.id}`, name, found, node));
  }
  return {
    all: () => [...byId.values()],
    forLevel: (nodes) => {
      const map = new Map<string, SubgraphPorts>();
      for (const node of nodes)
        for (const name of [node.type, `#${node.id}`]) {
          const subgraph = byId.get(name);
          if (subgraph && (name !== `#${node.id}` || groupName.test(node.type))) map.set(name, subgraph);
        }
      return map;
    },
    definition: (subgraph, result) => {
      const inputs: Record<string, object> = {};
      const params: Record<string, object> = {};
      for (const [slot, name] of subgraph.inputs.entries()) {
        const to = result.entries.get(slot) ?? [];
        const param = result.entryParams.get(slot);
        if (param && to.length === 0) params[name] = param;
        else inputs[name] = { to };
      }
      const outputs: Record<string, object> = {};
      for (const [slot, name] of subgraph.outputs.entries()) {
        const from = result.exits.get(slot);
        if (from) outputs[name] = { from };
      }
      return definitionSchema.parse({
        title: subgraph.title,
        ...result.document,
        inputs,
        outputs,
        params,
        comfy: {
          ...result.origin,
          index: subgraph.index,
          ports: { inputs: [...subgraph.inputs], outputs: [...subgraph.outputs] },
        },
      });
    },
    setInstances: (document) => {
      for (const level of [document, ...Object.values(document.definitions)])
        for (const node of Object.values(level.nodes)) {
          const params = instanceParams(node, document);
          const origin = originOf(node);
          if (!origin || Object.keys(params).length === 0) continue;
          Object.assign(node.params, params);
          // What an export compares with: these are the file's own values.
          Object.assign(node, { comfy: { ...origin, params: { main: params } } });
        }
    },
  };
}

/** What an instance sets of its definition's parameters: the values it has for the widgets shown outside. */
function instanceParams(node: LoomNode, document: LoomDocument): Record<string, Json> {
  const id = definitionOf(node.type);
  const definition = id === undefined ? undefined : getOwn(document.definitions, id);
  const values = originOf(node)?.values ?? {};
  const set: Record<string, Json> = {};
  for (const [name, { node: inner, param }] of Object.entries(definition?.params ?? {})) {
    const value = getOwn(values, name);
    const target = definition && getOwn(definition.nodes, inner);
    const origin = target && originOf(target);
    const becomes = origin && comfyClass(origin.type)?.becomes;
    if (value === undefined || !origin || !becomes || !isMapping(becomes)) continue;
    const direct = Object.entries(becomes.direct ?? {});
    const widget = direct.find(([, place]) => place === `${origin.part}.${param}`)?.[0];
    if (widget === undefined) continue;
    const made = becomes.params({ [widget]: value }, { modelId: () => undefined })[origin.part]?.[param];
    if (made !== undefined) set[name] = made;
  }
  return set;
}

/** Names without repetition: ports are told apart by name here. */
function unique(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let free = name === '' ? 'port' : name;
    while (seen.has(free)) free += '_';
    seen.add(free);
    return free;
  });
}

/**
 * A group node's inside as a sub-graph: its links name nodes by place, and its sockets are those of the
 * inner nodes that no inner link feeds, in order.
 */
function fromGroupNode(
  id: string,
  title: string,
  group: { readonly nodes: readonly { readonly raw: Json }[]; readonly links?: Json | undefined },
  instance: WorkflowNode,
): Subgraph {
  const links = Array.isArray(group.links) ? group.links : [];
  const inner = links.flatMap((link): readonly (readonly [number, number, number, number])[] => {
    if (!Array.isArray(link)) return [];
    const [from, fromSlot, to, toSlot] = link;
    return typeof from === 'number' &&
      typeof fromSlot === 'number' &&
      typeof to === 'number' &&
      typeof toSlot === 'number'
      ? [[from, fromSlot, to, toSlot]]
      : [];
  });
  const raws = group.nodes.map(({ raw }) => (isObject(raw) ? raw : {}));
  const sizes = raws.map((raw) => (Array.isArray(raw['widgets_values']) ? raw['widgets_values'].length : 0));
  const given = Array.isArray(instance.widgets_values) ? instance.widgets_values : [];
  const whole = sizes.reduce((sum, size) => sum + size, 0) === given.length;
  let at = 0;
  const outerLinks: Json[] = [];
  // Which free socket an outer one is: the next of its type, in the order of the nodes.
  const slots = (ends: typeof instance.inputs | typeof instance.outputs) => {
    const waiting = (ends ?? []).map(({ type }, slot) => ({ type, slot }));
    return (type: Json | undefined): number | undefined => {
      const place = waiting.findIndex((entry) => entry.type === type);
      return place < 0 ? undefined : waiting.splice(place, 1)[0]?.slot;
    };
  };
  const nextInput = slots(instance.inputs);
  const nextOutput = slots(instance.outputs);
  let next = 1;
  const nodes = raws.map((raw, index): JsonObject => {
    const values = whole ? given.slice(at, at + (sizes[index] ?? 0)) : raw['widgets_values'];
    at += sizes[index] ?? 0;
    const known = comfyClass(typeof raw['type'] === 'string' ? raw['type'] : '');
    const listed = Array.isArray(raw['inputs']) && raw['inputs'].length > 0 ? raw['inputs'] : undefined;
    const sockets: Json[] =
      listed ?? Object.entries(known?.inputs ?? {}).map(([name, type]) => ({ name, type }));
    const made = sockets.map((socket, slot): Json => {
      if (!isObject(socket)) return socket;
      const link = inner.find(([, , to, toSlot]) => to === index && toSlot === slot);
      const outer = link ? undefined : nextInput(socket['type']);
      if (!link && outer === undefined) return { ...socket, link: null };
      const number = next++;
      outerLinks.push([
        number,
        link ? String(link[0]) : '-10',
        link ? link[1] : (outer ?? 0),
        String(index),
        slot,
        socket['type'] ?? '*',
      ]);
      return { ...socket, link: number };
    });
    const results: readonly Json[] = Array.isArray(raw['outputs'])
      ? raw['outputs']
      : (known?.outputs ?? []).map((type) => ({ type }));
    for (const [slot, result] of results.entries()) {
      if (inner.some(([from, fromSlot]) => from === index && fromSlot === slot)) continue;
      const outer = nextOutput(isObject(result) ? result['type'] : undefined);
      if (outer !== undefined) outerLinks.push([next++, String(index), slot, '-20', outer, '*']);
    }
    return {
      ...raw,
      id: String(index),
      inputs: made,
      ...(values !== undefined && { widgets_values: values }),
    };
  });
  const level = parseWorkflow({ nodes, links: outerLinks, version: 0.4 });
  return {
    id,
    title,
    index: 0,
    inputs: unique((instance.inputs ?? []).map(({ name }) => name)),
    outputs: unique((instance.outputs ?? []).map(({ name }) => name)),
    level,
    raw: {},
  };
}
