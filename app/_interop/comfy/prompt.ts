/**
 * Between ComfyUI's two forms. A prompt becomes a workflow without places; a workflow becomes the prompt
 * that ComfyUI's own editor would send: sub-graphs unfolded, muted and bypassed nodes gone, primitives
 * written as values.
 */
import type { Json, JsonObject } from './json';
import { comfyClass } from './mapping';
import { namedValues, passedInput, isVirtual, widgetNames } from './read-level';
import {
  isObject,
  promptLink,
  type Prompt,
  type Workflow,
  type WorkflowLevel,
  type WorkflowNode,
} from './workflow';

/** A prompt as a workflow: the same nodes, links by number, values in the order of the widgets. */
export function promptToWorkflow(prompt: Prompt): JsonObject {
  const ids = new Map(Object.keys(prompt).map((id) => [id, /^\d{1,9}$/.test(id) ? Number(id) : id]));
  const links: Json[] = [];
  const outgoing = new Map<string, Map<number, number[]>>();
  const nodes = Object.entries(prompt).map(([id, node], order): JsonObject => {
    const known = comfyClass(node.class_type);
    const inputs: JsonObject[] = [];
    const values: Record<string, Json> = {};
    const wire = (
      name: string,
      type: string,
      from: { node: string; slot: number },
      widget: boolean,
    ): void => {
      const link = links.length + 1;
      const slots = outgoing.get(from.node) ?? new Map<number, number[]>();
      outgoing.set(from.node, slots.set(from.slot, [...(slots.get(from.slot) ?? []), link]));
      links.push([link, ids.get(from.node) ?? from.node, from.slot, ids.get(id) ?? id, inputs.length, type]);
      inputs.push({ name, type, link, ...(widget && { widget: { name } }) });
    };
    const given = Object.entries(node.inputs);
    const linked = new Map(
      given.flatMap(([name, value]) => {
        const link = promptLink(value);
        return link && ids.has(link.node) ? [[name, link] as const] : [];
      }),
    );
    // Sockets in the order of the class, what is unknown after them.
    const sockets = known ? Object.keys(known.inputs) : [];
    for (const name of sockets) {
      const link = linked.get(name);
      const type = known?.inputs[name] ?? '*';
      if (link) wire(name, type, link, false);
      else inputs.push({ name, type, link: null });
    }
    for (const [name, link] of linked)
      if (!sockets.includes(name))
        wire(name, '*', link, known !== undefined && Object.hasOwn(known.widgets, name));
    for (const [name, value] of given)
      if (!linked.has(name))
        values[name] = isObject(value) && '__value__' in value ? (value['__value__'] ?? null) : value;
    const ordered: Json[] = [];
    for (const name of known ? Object.keys(known.widgets) : Object.keys(values)) {
      ordered.push(Object.hasOwn(values, name) ? (values[name] ?? null) : (known?.widgets[name] ?? null));
      if (known?.seeds?.includes(name)) ordered.push('fixed');
      // A class that is not known names its widgets itself.
      if (!known)
        inputs.push({
          name,
          type: typeof values[name] === 'number' ? 'FLOAT' : 'STRING',
          link: null,
          widget: { name },
        });
    }
    return {
      id: ids.get(id) ?? id,
      type: node.class_type,
      pos: [0, 0],
      size: [300, 200],
      flags: {},
      order,
      mode: 0,
      inputs,
      outputs: (known?.outputs ?? []).map((type, slot) => ({
        name: known?.outputNames?.[slot] ?? type,
        type,
        links: null,
      })),
      properties: { 'Node name for S&R': node.class_type },
      widgets_values: ordered,
      ...titleOf(node),
    };
  });
  for (const node of nodes) {
    const slots = outgoing.get(
      typeof node['id'] === 'number' || typeof node['id'] === 'string' ? String(node['id']) : '',
    );
    if (!slots) continue;
    const outputs = Array.isArray(node['outputs']) ? node['outputs'] : [];
    const most = Math.max(...slots.keys());
    for (let slot = 0; slot <= Math.min(most, 255); slot++) {
      const output = outputs[slot];
      outputs[slot] = {
        ...(isObject(output) ? output : { name: `output ${slot}`, type: '*' }),
        links: slots.get(slot) ?? null,
      };
    }
    node['outputs'] = outputs;
  }
  return {
    last_node_id: Math.max(0, ...[...ids.values()].filter((id) => typeof id === 'number')),
    last_link_id: links.length,
    nodes,
    links,
    groups: [],
    config: {},
    extra: {},
    version: 0.4,
  };
}

const titleOf = ({ ['_meta']: meta }: Prompt[string]): JsonObject =>
  meta === undefined ? {} : { title: meta.title };

export interface ToPrompt {
  readonly prompt: Prompt;
  /** Nodes whose values have no names in the file: their class is not known here. */
  readonly nameless: readonly { readonly id: string; readonly type: string }[];
}

/** Where a value comes from while sub-graphs are unfolded: an output, or a constant of a primitive. */
type Found = { readonly node: string; readonly slot: number } | { readonly value: Json };

/** How deep sub-graphs may stand in one another. */
const deepest = 16;

interface Scope {
  readonly prefix: string;
  readonly level: WorkflowLevel;
  readonly byId: ReadonlyMap<string, WorkflowNode>;
  readonly links: ReadonlyMap<number, WorkflowLevel['links'][number]>;
  /** The instance that this level is the inside of. */
  readonly outer?: { readonly scope: Scope; readonly node: WorkflowNode };
}

/** The prompt of a workflow, as ComfyUI's editor makes it (`graphToPrompt`). */
export function workflowToPrompt(workflow: Workflow): ToPrompt {
  const subgraphs = new Map((workflow.definitions?.subgraphs ?? []).map((inner) => [inner.id, inner]));
  const prompt: Prompt = {};
  const nameless: { id: string; type: string }[] = [];
  const scopeOf = (level: WorkflowLevel, prefix: string, outer?: Scope['outer']): Scope => ({
    prefix,
    level,
    byId: new Map(level.nodes.map((node) => [String(node.id), node])),
    links: new Map(level.links.map((link) => [link.id, link])),
    ...(outer && { outer }),
  });
  const inside = new Map<string, Scope>();
  const enter = (scope: Scope, node: WorkflowNode): Scope | undefined => {
    const inner = subgraphs.get(node.type);
    const path = `${scope.prefix}${node.id}`;
    if (!inner || path.split(':').length > deepest) return undefined;
    const found = inside.get(path) ?? scopeOf(inner, `${path}:`, { scope, node });
    inside.set(path, found);
    return found;
  };

  const find = (scope: Scope, linkId: number | null | undefined, steps = 0): Found | undefined => {
    if (linkId === null || linkId === undefined || steps > 2000) return undefined;
    const link = scope.links.get(linkId);
    if (!link) return undefined;
    if (String(link.origin) === '-10') {
      const { outer } = scope;
      const name = subgraphs.get(outer?.node.type ?? '')?.inputs[link.originSlot]?.name;
      if (!outer) return undefined;
      const input =
        outer.node.inputs?.find((entry) => entry.name === name) ?? outer.node.inputs?.[link.originSlot];
      if (input?.link !== null && input?.link !== undefined) return find(outer.scope, input.link, steps + 1);
      const value = input?.widget ? instanceValue(outer.node, input.widget.name) : undefined;
      return value === undefined ? undefined : { value };
    }
    const node = scope.byId.get(String(link.origin));
    if (!node || node.mode === 2) return undefined;
    if (node.type === 'Reroute') return find(scope, node.inputs?.[0]?.link, steps + 1);
    if (node.type === 'PrimitiveNode') {
      const value = Array.isArray(node.widgets_values) ? node.widgets_values[0] : undefined;
      return value === undefined ? undefined : { value };
    }
    if (node.mode === 4) return find(scope, passedInput(node, link.originSlot), steps + 1);
    const inner = enter(scope, node);
    if (!inner) return { node: `${scope.prefix}${node.id}`, slot: link.originSlot };
    const result = inner.level.links.find(
      ({ target, targetSlot }) => String(target) === '-20' && targetSlot === link.originSlot,
    );
    return result && find(inner, result.id, steps + 1);
  };

  let made = 0;
  const walk = (scope: Scope): void => {
    for (const node of scope.level.nodes) {
      if (++made > 100_000) return;
      if (isVirtual(node.type) || node.mode === 2 || node.mode === 4) continue;
      const inner = enter(scope, node);
      if (inner) {
        walk(inner);
        continue;
      }
      const known = comfyClass(node.type);
      const inputs: Record<string, Json> = {};
      for (const [name, value] of Object.entries(namedValues(node, known)))
        inputs[name] = Array.isArray(value) ? { __value__: value } : value;
      const unnamed =
        !known &&
        Array.isArray(node.widgets_values) &&
        node.widgets_values.length > 0 &&
        widgetNames(node).length === 0;
      if (unnamed) nameless.push({ id: `${scope.prefix}${node.id}`, type: node.type });
      for (const input of node.inputs ?? []) {
        const found = find(scope, input.link);
        if (!found) continue;
        inputs[input.widget?.name ?? input.name] = 'value' in found ? found.value : [found.node, found.slot];
      }
      prompt[`${scope.prefix}${node.id}`] = {
        inputs,
        class_type: node.type.trim(),
        _meta: { title: node.title ?? node.type.trim() },
      };
    }
  };
  walk(scopeOf(workflow, ''));
  // What was fed by a node that is gone has nothing to run with: the input is left out, as ComfyUI does.
  for (const node of Object.values(prompt))
    for (const [name, value] of Object.entries(node.inputs)) {
      const link = promptLink(value);
      if (link && !Object.hasOwn(prompt, link.node)) delete node.inputs[name];
    }
  return { prompt, nameless };
}

/** The value that a sub-graph's instance has for a widget shown outside. */
function instanceValue(node: WorkflowNode, widget: string): Json | undefined {
  const values = namedValues(node, undefined);
  return Object.hasOwn(values, widget) ? values[widget] : undefined;
}
