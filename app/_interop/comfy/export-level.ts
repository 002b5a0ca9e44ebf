/** One level of a document as nodes, links and groups of ComfyUI. */
import { getOwn } from '@/engine/types';
import { canonical, type LoomDefinition, type LoomDocument } from '@/engine';
import { levelOriginOf, placedOriginOf, type LevelOrigin } from './attach';
import { outputPort } from './import-level';
import { integerJson, type Json, type JsonObject } from './json';
import { comfyClass } from './mapping';
import { num, type Params } from './mapping/types';
import { clustersOf, partOf, portOf, wiringOf, type Cluster, type Level } from './match';
import { readWorkflowLevel, type ReadLevel } from './read-level';
import type { NodeReport } from './report';
import { isObject, parseWorkflow, type WorkflowLink } from './workflow';

export interface LevelExport {
  readonly nodes: Json[];
  readonly links: Json[];
  readonly groups: Json[];
  readonly reports: readonly NodeReport[];
  readonly lastNode: number;
  readonly lastLink: number;
}

interface ExportContext {
  readonly origin: LevelOrigin | undefined;
  readonly definitions: LoomDocument['definitions'];
  readonly prefix: string;
  /** The definition whose inside this is. */
  readonly boundary?: LoomDefinition;
}

/** An output of the written file. */
interface Origin {
  readonly id: string | number;
  readonly slot: number;
}
interface Draft {
  readonly id: string | number;
  readonly cluster?: Cluster;
  readonly raw: JsonObject;
  readonly index: number;
  /** Sockets in order. */
  readonly inputs: JsonObject[];
  readonly outputs: JsonObject[];
  /** What the document says is wired to a socket; absent: nothing. Sockets that are not here are not ours to say. */
  readonly wanted: Map<string, Origin>;
  readonly ours: ReadonlySet<string>;
  /** Widgets whose value was changed since the import: a wire to one would overrule it. */
  readonly changed: ReadonlySet<string>;
}

const inputNode = -10;
const outputNode = -20;

export function exportLevel(level: Level, context: ExportContext): LevelExport {
  const wiring = wiringOf(level);
  const { clusters, left } = clustersOf(level, wiring);
  const before = readBefore(clusters, context.origin);
  const reports: NodeReport[] = left.map((id) => ({
    id: `${context.prefix}${id}`,
    type: getOwn(level.nodes, id)?.type ?? '',
    node: id,
    outcome: 'placeholder',
    differences: [],
    needs: 'unknown',
  }));

  // Ids: the file's where there was one, then the next free numbers.
  let lastNode = 0;
  const used = new Set<string>();
  const claim = (id: string | number): string | number => {
    used.add(String(id));
    if (typeof id === 'number') lastNode = Math.max(lastNode, id);
    return id;
  };
  for (const kept of context.origin?.kept ?? []) claim(rawId(kept.raw));
  for (const note of Object.values(level.notes)) {
    const origin = placedOriginOf(note);
    if (origin) claim(rawId(origin.raw));
  }
  for (const { origin } of clusters) if (origin) claim(rawId(origin.raw ?? origin.id));
  const next = (): number => {
    do lastNode += 1;
    while (used.has(String(lastNode)));
    used.add(String(lastNode));
    return lastNode;
  };

  // Nodes.
  const drafts: Draft[] = [];
  const outputs = new Map<string, Origin>();
  const ids = new Map<Cluster, string | number>();
  const say = (name: string, origin: Origin): void => {
    if (!outputs.has(name)) outputs.set(name, origin);
  };
  for (const cluster of clusters) {
    const id = cluster.origin ? rawId(cluster.origin.raw ?? cluster.origin.id) : next();
    ids.set(cluster, id);
    if (cluster.known)
      for (const [slot, name] of cluster.known.becomes.outputs.entries()) {
        if (name !== null) say(`${cluster.parts[partOf(name)] ?? ''}\n${portOf(name)}`, { id, slot });
        // A mask that travels with a latent is that latent's.
        const mask = cluster.known.becomes.masks?.[slot];
        if (mask !== undefined) say(`${cluster.parts[partOf(mask)] ?? ''}\n${portOf(mask)}`, { id, slot });
      }
    else if (cluster.instance !== undefined)
      for (const [slot, name] of definitionPorts(context, cluster.instance).outputs.entries())
        say(`${cluster.main}\n${name}`, { id, slot });
    else {
      const read = before.nodes.get(String(id));
      for (const slot of (read?.outputs ?? []).keys())
        if (read) say(`${cluster.main}\n${outputPort(read, slot)}`, { id, slot });
      for (const { from } of Object.values(level.edges))
        if (from.node === cluster.main && !outputs.has(`${from.node}\n${from.port}`))
          say(`${from.node}\n${from.port}`, {
            id,
            slot: (read?.outputs.length ?? 0) + outputsOf(outputs, cluster.main),
          });
    }
  }
  for (const [slot, name] of portsOf(context.boundary).inputs.entries())
    for (const end of own(context.boundary?.inputs, name)?.to ?? [])
      say(`\0${end.node}\n${end.port}`, { id: inputNode, slot });
  const sourceAt = (node: string, port: string): Origin | undefined => {
    const from = wiring.into(node, port);
    if (from) return outputs.get(`${from.node}\n${from.port}`);
    return outputs.get(`\0${node}\n${port}`);
  };
  /** A wire that ends here but whose source is not written. */
  const lost = (node: string, port: string): boolean =>
    wiring.into(node, port) !== undefined && sourceAt(node, port) === undefined;

  for (const cluster of clusters) {
    const id = ids.get(cluster) ?? next();
    const main = getOwn(level.nodes, cluster.main);
    if (!main) continue;
    const { values, changed } = valuesOf(cluster);
    const known = cluster.known ?? comfyClass(cluster.type);
    const raw = isObject(cluster.origin?.raw) ? cluster.origin.raw : {};
    const rawInputs = Array.isArray(raw['inputs']) ? raw['inputs'].filter(isObject) : [];
    const inputs = rawInputs.map((input): JsonObject => ({ ...input, link: null }));
    const names = new Set(inputs.map(({ name }) => name));
    const add = (name: string, type: string): void => {
      if (names.has(name)) return;
      names.add(name);
      inputs.push({ name, type, link: null });
    };
    if (rawInputs.length === 0)
      for (const [name, type] of Object.entries(known?.inputs ?? {})) add(name, type);
    const wanted = new Map<string, Origin>();
    const ours = new Set<string>();
    const differences: NodeReport['differences'][number][] = [];
    if (cluster.known)
      for (const [name, targets] of Object.entries(cluster.known.becomes.inputs)) {
        const [target = ''] = targets;
        const member = cluster.parts[partOf(target)];
        if (member === undefined) continue;
        ours.add(name);
        const source = sourceAt(member, portOf(target));
        if (source) {
          add(name, known?.inputs[name] ?? '*');
          wanted.set(name, source);
        } else if (lost(member, portOf(target))) differences.push({ code: 'value-fixed', what: name });
      }
    else {
      const ports =
        cluster.instance === undefined ? undefined : definitionPorts(context, cluster.instance).inputs;
      for (const edge of Object.values(level.edges)) {
        if (edge.to.node !== cluster.main) continue;
        const source = outputs.get(`${edge.from.node}\n${edge.from.port}`);
        const name = ports ? (socketOf(inputs, ports, edge.to.port) ?? edge.to.port) : edge.to.port;
        if (!source) continue;
        add(name, '*');
        wanted.set(name, source);
      }
      for (const name of names) {
        if (typeof name !== 'string') continue;
        ours.add(name);
        const port = ports?.[inputs.findIndex((input) => input['name'] === name)] ?? name;
        const entry = outputs.get(`\0${cluster.main}\n${port}`);
        if (entry && !wanted.has(name)) wanted.set(name, entry);
      }
    }
    const rawOutputs = Array.isArray(raw['outputs']) ? raw['outputs'].filter(isObject) : [];
    const draft: Draft = {
      id,
      cluster,
      raw: {
        ...(Object.keys(raw).length > 0
          ? raw
          : { id, type: cluster.type, pos: [0, 0], size: [300, 200], flags: {}, order: 0, mode: 0 }),
        ...placeOf(main, cluster, raw),
        ...(main.title !== undefined &&
          main.title !== placeholderTitle(cluster, raw) && { title: main.title }),
        ...modeOf(main, raw),
        ...widgetsOf(cluster, values, changed, raw),
        ...(Object.keys(raw).length === 0 && { properties: { 'Node name for S&R': cluster.type } }),
      },
      index: cluster.origin?.index ?? Number.MAX_SAFE_INTEGER,
      inputs,
      outputs:
        rawOutputs.length > 0
          ? rawOutputs
          : (known?.outputs ?? []).map((type, slot) => ({
              name: known?.outputNames?.[slot] ?? type,
              type,
              links: null,
            })),
      wanted,
      ours,
      changed,
    };
    drafts.push(draft);
    if (cluster.known) drafts.push(...helpers(cluster, draft, { level, sourceAt, wiring, next, outputs }));
    reports.push({
      id: `${context.prefix}${id}`,
      type: cluster.type,
      node: cluster.main,
      outcome: differences.length > 0 ? 'nearly' : 'exact',
      differences,
    });
  }
  for (const kept of context.origin?.kept ?? []) drafts.push(keptDraft(kept.raw, kept.index));
  for (const note of Object.values(level.notes)) drafts.push(noteDraft(note, next));

  const { links, lastLink } = linksOf(drafts, before, context, (name) => outputs.get(name));
  drafts.sort((a, b) => a.index - b.index);
  return {
    nodes: drafts.map((draft) => nodeJson(draft)),
    links,
    groups: Object.values(level.groups)
      .toSorted((a, b) => indexOf(a) - indexOf(b))
      .map(groupJson),
    reports,
    lastNode,
    lastLink,
  };
}

const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record && getOwn(record, name);

const outputsOf = (outputs: ReadonlyMap<string, Origin>, node: string): number =>
  [...outputs.keys()].filter((name) => name.startsWith(`${node}\n`)).length;

/** The names of a definition's ports in the order of their slots. */
function portsOf(definition: LoomDefinition | undefined): {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
} {
  if (!definition) return { inputs: [], outputs: [] };
  const known = levelOriginOf(definition)?.ports;
  const inOrder = (names: readonly string[], first: readonly string[] = []): readonly string[] => [
    ...first,
    ...names.filter((name) => !first.includes(name)),
  ];
  return {
    inputs: inOrder([...Object.keys(definition.inputs), ...Object.keys(definition.params)], known?.inputs),
    outputs: inOrder(Object.keys(definition.outputs), known?.outputs),
  };
}

const definitionPorts = (context: ExportContext, id: string) => portsOf(getOwn(context.definitions, id));

/** The file's name for a port of an instance: by name, else by place. */
function socketOf(inputs: readonly JsonObject[], ports: readonly string[], port: string): string | undefined {
  if (inputs.some(({ name }) => name === port)) return port;
  const name = inputs[ports.indexOf(port)]?.['name'];
  return typeof name === 'string' ? name : undefined;
}

const rawId = (raw: Json): string | number => {
  const id = isObject(raw) ? raw['id'] : raw;
  if (typeof id === 'number') return id;
  return typeof id === 'string' ? (isObject(raw) ? id : /^\d{1,9}$/.test(id) ? Number(id) : id) : 0;
};

/** The level as it was read, so that its links can be compared with today's wires. */
function readBefore(
  clusters: readonly Cluster[],
  origin: LevelOrigin | undefined,
): ReadLevel & { readonly links: readonly WorkflowLink[] } {
  const nodes = [
    ...clusters.flatMap((cluster) => (cluster.origin?.raw === undefined ? [] : [cluster.origin.raw])),
    ...(origin?.kept ?? []).map(({ raw }) => raw),
  ];
  const workflow = parseWorkflow({ nodes, links: origin?.raw['links'] ?? [], version: 0.4 });
  return { ...readWorkflowLevel(workflow), links: workflow.links };
}

const equal = (a: unknown, b: unknown): boolean => canonical(a ?? null) === canonical(b ?? null);

/** Values today: what the file had where our parameters still say it, else what they say now. */
function valuesOf(cluster: Cluster): { readonly values: Params; readonly changed: ReadonlySet<string> } {
  const { known, origin, params } = cluster;
  if (!known) {
    const main = params['main'] ?? {};
    const old = origin?.params?.['main'] ?? {};
    const changed = new Set(Object.keys(main).filter((name) => !equal(main[name], old[name])));
    return { values: main, changed: origin ? changed : new Set(Object.keys(main)) };
  }
  const defaults = Object.fromEntries(Object.entries(known.widgets).map(([name, value]) => [name, value]));
  const before = { ...defaults, ...origin?.values };
  const { values: back } = known.becomes;
  const now = back ? back(params) : {};
  if (!origin) return { values: { ...before, ...now }, changed: new Set(Object.keys(now)) };
  const then = back && origin.params ? back(origin.params) : {};
  const values: Record<string, Json> = { ...before };
  const changed = new Set<string>();
  for (const [name, value] of Object.entries(now))
    if (!equal(value, then[name])) {
      values[name] = value;
      changed.add(name);
    }
  return { values, changed };
}

/** `widgets_values` with the changed ones replaced, everything else as it was. */
function widgetsOf(
  cluster: Cluster,
  values: Params,
  changed: ReadonlySet<string>,
  raw: JsonObject,
): JsonObject {
  const known = cluster.known ?? comfyClass(cluster.type);
  const given = raw['widgets_values'];
  if (cluster.origin && changed.size === 0) return given === undefined ? {} : { widgets_values: given };
  if (isObject(given)) return { widgets_values: { ...given, ...pick(values, changed) } };
  if (cluster.instance !== undefined && Array.isArray(given))
    return { widgets_values: instanceValues(raw, given, pick(values, changed)) };
  if (!known) {
    const list = values['values'];
    return Array.isArray(list)
      ? { widgets_values: list }
      : cluster.instance === undefined && Object.keys(values).length > 0
        ? { widgets_values: replaced(raw, values) }
        : given === undefined
          ? {}
          : { widgets_values: given };
  }
  const old = Array.isArray(given) ? given : undefined;
  const list: Json[] = [];
  let at = 0;
  for (const name of Object.keys(known.widgets)) {
    if (old && at >= old.length && !changed.has(name)) break;
    list.push(values[name] ?? known.widgets[name] ?? null);
    at += 1;
    if (known.seeds?.includes(name) !== true) continue;
    const control = old?.[at];
    if (old === undefined) list.push('fixed');
    else if (typeof control === 'string' || typeof control === 'boolean') {
      list.push(control);
      at += 1;
    }
  }
  // Values of the editor alone, and of a newer version, stay behind the others.
  list.push(...(old ? old.slice(at) : (known.editorOnly ?? [])));
  return { widgets_values: list };
}

const namedWidgets = (raw: JsonObject): readonly string[] =>
  (Array.isArray(raw['inputs']) ? raw['inputs'] : []).flatMap((input) => {
    const widget = isObject(input) ? input['widget'] : undefined;
    return isObject(widget) && typeof widget['name'] === 'string' ? [widget['name']] : [];
  });

/** An unknown class whose widgets its inputs name: their values in that order. */
function replaced(raw: JsonObject, values: Params): Json[] {
  const names = namedWidgets(raw);
  return (names.length > 0 ? names : Object.keys(values)).map((name) => values[name] ?? null);
}

/** An instance's list with what was changed; a seed is text here and a number there, and its control follows it. */
function instanceValues(raw: JsonObject, given: readonly Json[], changed: Params): Json[] {
  const list = [...given];
  let at = 0;
  for (const name of namedWidgets(raw)) {
    const value = getOwn(changed, name);
    const old = list[at];
    if (value !== undefined && at < list.length)
      list[at] = typeof value === 'string' && typeof old !== 'string' ? integerJson(value) : value;
    at += 1;
    if (name.endsWith('seed') && /^(fixed|increment|decrement|randomize)$/.test(textOf(list[at]))) at += 1;
  }
  return list;
}

const pick = (values: Params, names: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));

const placeholderTitle = (cluster: Cluster, raw: JsonObject): Json | undefined =>
  raw['title'] ?? (cluster.known || cluster.instance !== undefined ? undefined : cluster.type);

type LoomNode = Level['nodes'][string];

/** Where it stood, moved as far as ours was moved since. */
function placeOf(node: LoomNode, cluster: Cluster, raw: JsonObject): JsonObject {
  const at = cluster.origin?.at;
  const { x, y } = node.position;
  if (!at || Object.keys(raw).length === 0) return { pos: [x, y] };
  if (at.x === x && at.y === y) return {};
  const pos = raw['pos'];
  const [left, top] = Array.isArray(pos) ? pos : isObject(pos) ? [pos['0'], pos['1']] : [0, 0];
  return { pos: [num(left, 0) + x - at.x, num(top, 0) + y - at.y] };
}

function modeOf(node: LoomNode, raw: JsonObject): JsonObject {
  const mode = node.mode === 'mute' ? 2 : node.mode === 'bypass' ? 4 : 0;
  // 1 and 3 (on an event) run as 0 does.
  const same = mode === 0 ? raw['mode'] !== 2 && raw['mode'] !== 4 : raw['mode'] === mode;
  return same ? {} : { mode };
}

function keptDraft(raw: Json, index: number): Draft {
  const node = isObject(raw) ? raw : {};
  const list = (name: string): JsonObject[] => (Array.isArray(node[name]) ? node[name].filter(isObject) : []);
  return {
    id: rawId(raw),
    raw: node,
    index,
    inputs: list('inputs').map((input) => ({ ...input, link: null })),
    outputs: list('outputs'),
    wanted: new Map(),
    ours: new Set(),
    changed: new Set(),
  };
}

function noteDraft(note: Level['notes'][string], next: () => number): Draft {
  const origin = placedOriginOf(note);
  const raw = origin && isObject(origin.raw) ? origin.raw : undefined;
  const { x, y } = note.position;
  if (!raw || !origin)
    return keptDraft(
      {
        id: next(),
        type: 'Note',
        pos: [x, y],
        size: [note.size.width, note.size.height],
        flags: {},
        order: 0,
        mode: 0,
        properties: {},
        widgets_values: [note.text],
      },
      Number.MAX_SAFE_INTEGER,
    );
  const moved = origin.at.x !== x || origin.at.y !== y;
  const values = raw['widgets_values'];
  const text = Array.isArray(values) && values[0] === note.text ? values : [note.text];
  const pos = raw['pos'];
  const [left, top] = Array.isArray(pos) ? pos : isObject(pos) ? [pos['0'], pos['1']] : [0, 0];
  return keptDraft(
    {
      ...raw,
      ...(moved && { pos: [num(left, 0) + x - origin.at.x, num(top, 0) + y - origin.at.y] }),
      ...(Array.isArray(values) && { widgets_values: text }),
    },
    origin.index,
  );
}

const indexOf = (group: Level['groups'][string]): number =>
  placedOriginOf(group)?.index ?? Number.MAX_SAFE_INTEGER;

function groupJson(group: Level['groups'][string]): Json {
  const origin = placedOriginOf(group);
  const raw = origin && isObject(origin.raw) ? origin.raw : undefined;
  const { x, y } = group.position;
  const same = origin && origin.at.x === x && origin.at.y === y;
  const bounding = same && raw ? raw['bounding'] : undefined;
  return {
    ...raw,
    title: group.title,
    bounding: bounding ?? [x, y, group.size.width, group.size.height],
    ...(group.color !== undefined && { color: group.color }),
  };
}

interface Around {
  readonly level: Level;
  readonly sourceAt: (node: string, port: string) => Origin | undefined;
  readonly wiring: ReturnType<typeof wiringOf>;
  readonly next: () => number;
  readonly outputs: ReadonlyMap<string, Origin>;
}

/** Nodes that ComfyUI needs where we have a wire or a parameter: a noise mask, an empty latent of the noise's size. */
function helpers(cluster: Cluster, draft: Draft, around: Around): readonly Draft[] {
  const takes = cluster.known?.becomes.takesMask;
  if (!takes) return [];
  const [socket, port] = takes;
  const added: Draft[] = [];
  const make = (
    type: string,
    values: Params,
    wires: Readonly<Record<string, Origin | undefined>>,
  ): Origin => {
    const known = comfyClass(type);
    const id = around.next();
    const [x, y] = Array.isArray(draft.raw['pos']) ? draft.raw['pos'] : [0, 0];
    added.push({
      id,
      raw: {
        id,
        type,
        pos: [num(x, 0) - 340, num(y, 0) + 120 * added.length],
        size: [300, 120],
        flags: {},
        order: 0,
        mode: 0,
        properties: { 'Node name for S&R': type },
        widgets_values: Object.keys(known?.widgets ?? {}).map(
          (name) => values[name] ?? known?.widgets[name] ?? null,
        ),
      },
      index: Number.MAX_SAFE_INTEGER,
      inputs: Object.entries(known?.inputs ?? {}).map(([name, kind]) => ({ name, type: kind, link: null })),
      outputs: (known?.outputs ?? []).map((kind) => ({ name: kind, type: kind, links: null })),
      wanted: new Map(Object.entries(wires).flatMap(([name, from]) => (from ? [[name, from] as const] : []))),
      ours: new Set(Object.keys(known?.inputs ?? {})),
      changed: new Set(),
    });
    return { id, slot: 0 };
  };
  if (!draft.wanted.has(socket)) {
    const noise = getOwn(around.level.nodes, cluster.parts['noise'] ?? '');
    if (noise?.type === 'latent/noise') {
      const side = (name: string): number => num(noise.params[name], 0) || 512;
      draft.wanted.set(
        socket,
        make(
          'EmptyLatentImage',
          { width: side('width'), height: side('height'), batch_size: num(noise.params['batch'], 1) },
          {},
        ),
      );
    }
  }
  const mask = around.wiring.into(cluster.parts[partOf(port)] ?? '', portOf(port));
  const source = around.sourceAt(cluster.parts[partOf(port)] ?? '', portOf(port));
  const fitted = mask && getOwn(around.level.nodes, mask.node)?.type;
  // A mask that comes with the latent is there already.
  const travels = fitted === 'mask/for-latent' || fitted === 'first-stage/encode-inpaint';
  if (source && !travels)
    draft.wanted.set(
      socket,
      make('SetLatentNoiseMask', {}, { samples: draft.wanted.get(socket), mask: source }),
    );
  return added;
}

/** Links: the file's where it still holds, new ones for what is new. */
function linksOf(
  drafts: readonly Draft[],
  before: ReturnType<typeof readBefore>,
  context: ExportContext,
  outputAt: (name: string) => Origin | undefined,
): { readonly links: Json[]; readonly lastLink: number } {
  const byId = new Map(drafts.map((draft) => [String(draft.id), draft]));
  const links: { readonly id: number; readonly json: Json }[] = [];
  let lastLink = before.links.reduce((most, { id }) => Math.max(most, id), 0);
  const put = (
    id: number,
    json: Json,
    origin: string,
    slot: number,
    target: string,
    targetSlot: number,
  ): void => {
    links.push({ id, json });
    const input = byId.get(target)?.inputs[targetSlot];
    if (input) input['link'] = id;
    const output = byId.get(origin)?.outputs[slot];
    if (output) outgoing.set(output, [...(outgoing.get(output) ?? []), id]);
  };
  const outgoing = new Map<JsonObject, number[]>();
  const broken = new Set(context.origin?.broken);
  const listed = new Set(before.links.map(({ id }) => id));
  for (const link of before.links) {
    const [origin, target] = [String(link.origin), String(link.target)];
    const end = byId.get(target);
    if (broken.has(link.id)) {
      links.push({ id: link.id, json: link.raw });
      const output = byId.get(origin)?.outputs[link.originSlot];
      if (output && Array.isArray(output['links']) && output['links'].includes(link.id))
        outgoing.set(output, [...(outgoing.get(output) ?? []), link.id]);
      continue;
    }
    if (!byId.has(origin) && origin !== String(inputNode)) continue;
    if (!end) {
      // The inside of a sub-graph: its own outputs stay where they are.
      if (target === String(outputNode))
        put(link.id, link.raw, origin, link.originSlot, target, link.targetSlot);
      continue;
    }
    const name = end.inputs[link.targetSlot]?.['name'];
    if (typeof name !== 'string') continue;
    if (end.ours.has(name)) {
      const wanted = end.wanted.get(name);
      const source = before.nodes.get(target)?.sockets.find((socket) => socket.name === name)?.source;
      const was =
        source === undefined
          ? undefined
          : source.kind === 'boundary'
            ? { id: inputNode, slot: source.slot }
            : { id: source.node, slot: source.slot };
      // What comes from a node that is not shown here has no wire of ours: it stays.
      const unseen =
        was === undefined || (was.id !== inputNode && byId.get(String(was.id))?.cluster === undefined);
      if (
        unseen ? wanted !== undefined || end.changed.has(widgetName(end, name)) : !isSame(byId, wanted, was)
      )
        continue;
      end.wanted.delete(name);
    } else if (end.changed.has(widgetName(end, name))) continue;
    put(link.id, link.raw, origin, link.originSlot, target, link.targetSlot);
  }
  const asObjects = context.boundary !== undefined;
  const create = (from: Origin, target: string | number, targetSlot: number, type: Json): void => {
    const id = ++lastLink;
    put(
      id,
      asObjects
        ? { id, origin_id: from.id, origin_slot: from.slot, target_id: target, target_slot: targetSlot, type }
        : [id, from.id, from.slot, target, targetSlot, type],
      String(from.id),
      from.slot,
      String(target),
      targetSlot,
    );
  };
  for (const draft of drafts)
    for (const [name, from] of draft.wanted) {
      const slot = draft.inputs.findIndex((input) => input['name'] === name);
      if (slot >= 0) create(from, draft.id, slot, typeOf(byId, from) ?? draft.inputs[slot]?.['type'] ?? '*');
    }
  // Outputs of a definition that was made here.
  if (before.links.every(({ target }) => String(target) !== String(outputNode)))
    for (const [slot, name] of portsOf(context.boundary).outputs.entries()) {
      const from = own(context.boundary?.outputs, name)?.from;
      const source = from && outputAt(`${from.node}\n${from.port}`);
      if (source) create(source, outputNode, slot, typeOf(byId, source) ?? '*');
    }
  for (const draft of drafts)
    for (const [slot, output] of draft.outputs.entries())
      if ('links' in output || outgoing.has(output))
        draft.outputs[slot] = {
          ...output,
          links: sortedLinks(output['links'], outgoing.get(output), listed),
        };
  const order = new Map(before.links.map(({ id }, index) => [id, index]));
  const rank = (id: number): number => order.get(id) ?? Number.MAX_SAFE_INTEGER;
  return {
    links: links.toSorted((a, b) => rank(a.id) - rank(b.id) || a.id - b.id).map(({ json }) => json),
    lastLink,
  };
}

/** Whether two outputs are one of ours (a custom sampler's two are). */
function isSame(byId: ReadonlyMap<string, Draft>, a: Origin | undefined, b: Origin): boolean {
  if (!a || String(a.id) !== String(b.id)) return false;
  if (a.slot === b.slot) return true;
  const outputs = byId.get(String(a.id))?.cluster?.known?.becomes.outputs;
  return outputs !== undefined && outputs[a.slot] === outputs[b.slot];
}

const typeOf = (byId: ReadonlyMap<string, Draft>, from: Origin): Json | undefined =>
  byId.get(String(from.id))?.outputs[from.slot]?.['type'];

const widgetName = (draft: Draft, input: string): string => {
  const widget = draft.inputs.find(({ name }) => name === input)?.['widget'];
  return isObject(widget) && typeof widget['name'] === 'string' ? widget['name'] : input;
};

/** The links of an output in the file's order where they are the same ones; ids of no link at all stay too. */
function sortedLinks(
  old: Json | undefined,
  now: readonly number[] | undefined,
  listed: ReadonlySet<number>,
): Json {
  if (!Array.isArray(old)) return now === undefined ? null : [...now];
  const kept = old.filter((id) => typeof id === 'number' && (now?.includes(id) === true || !listed.has(id)));
  return [...kept, ...(now ?? []).filter((id) => !old.includes(id))];
}

function nodeJson(draft: Draft): Json {
  const { raw, inputs, outputs } = draft;
  return {
    ...raw,
    ...((raw['inputs'] !== undefined || inputs.length > 0) && { inputs }),
    ...((raw['outputs'] !== undefined || outputs.length > 0) && { outputs }),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
