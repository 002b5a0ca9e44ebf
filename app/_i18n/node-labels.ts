/**
 * Words about nodes. English lives in the definitions; other languages lie
 * over it, per node, and a missing word falls back to English.
 */
import { useMemo } from 'react';
import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { fillIn, type AnyNode } from '@/engine';

const labels = z.record(z.string(), z.string());
const nodeLabels = z.looseObject({
  title: z.string().optional(),
  doc: z.string().optional(),
  inputs: labels.optional(),
  outputs: labels.optional(),
  params: labels.optional(),
  options: z.record(z.string(), labels).optional(),
  warnings: labels.optional(),
});
const schema = z.record(z.string(), nodeLabels);
type NodeTexts = z.output<typeof schema>;

interface Texts {
  readonly nodes: NodeTexts;
  /** Labels of ports by their names, whatever the node. */
  readonly ports: Readonly<Record<string, string>>;
}

const store = createStore<Texts>(() => ({ nodes: {}, ports: {} }));

/** Lays a language over the definitions: texts by node id, labels of ports under `ports`. Entries that are neither are left out. */
export function setNodeTexts(raw: unknown): void {
  const entries = z.record(z.string(), z.unknown()).catch({}).parse(raw);
  const texts: NodeTexts = {};
  const ports = labels.catch({}).parse(entries['ports']);
  for (const [id, entry] of Object.entries(entries)) {
    if (id === 'ports') continue;
    const parsed = nodeLabels.safeParse(entry);
    if (parsed.success) texts[id] = parsed.data;
  }
  store.setState({ nodes: texts, ports });
}

const spaced = (name: string): string =>
  name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (letter) => letter.toUpperCase());

export interface NodeLabels {
  title(definition: AnyNode | undefined, fallback: string): string;
  doc(definition: AnyNode): string;
  /** `kind`: the port kind in the reader's language; a port named after its kind is called so. */
  port(
    definition: AnyNode,
    side: 'inputs' | 'outputs',
    name: string,
    kind?: string,
  ): { label: string; doc: string };
  param(definition: AnyNode, name: string, label: string | undefined): string;
  option(definition: AnyNode, param: string, value: string): string;
  /** One of the node's own warnings, with its values. */
  warning(definition: AnyNode, name: string, values: Readonly<Record<string, string>>): string;
}

const labelsOf = ({ nodes: texts, ports }: Texts): NodeLabels => ({
  title: (definition, fallback) =>
    definition === undefined ? fallback : (texts[definition.id]?.title ?? definition.title),
  doc: (definition) => texts[definition.id]?.doc ?? definition.doc,
  port(definition, side, name, kind) {
    const port = definition[side][name];
    const doc = port?.doc ?? '';
    const own = port?.type.kind.replaceAll('-', '') === name.toLowerCase();
    return {
      label: own && kind !== undefined ? kind : (ports[name] ?? spaced(name)),
      doc: texts[definition.id]?.[side]?.[name] ?? doc,
    };
  },
  param: (definition, name, label) => texts[definition.id]?.params?.[name] ?? label ?? spaced(name),
  option: (definition, param, value) =>
    texts[definition.id]?.options?.[param]?.[value] ??
    definition.params.shape[param]?.meta()?.options?.[value] ??
    spaced(value.replaceAll('-', ' ')),
  warning: (definition, name, values) =>
    fillIn(texts[definition.id]?.warnings?.[name] ?? definition.warnings?.[name]?.message ?? name, values),
});

/** Words about nodes in the current language, for components. */
export function useNodeLabels(): NodeLabels {
  const texts = useStore(store);
  return useMemo(() => labelsOf(texts), [texts]);
}
/** The same outside of React. */
export const currentNodeLabels = (): NodeLabels => labelsOf(store.getState());
