/**
 * Words about nodes. English lives in the definitions; other languages lie
 * over it, per node, and a missing word falls back to English.
 */
import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { AnyNode } from '@/engine';

const words = z.record(z.string(), z.string());
const nodeWords = z.looseObject({
  title: z.string().optional(),
  doc: z.string().optional(),
  inputs: words.optional(),
  outputs: words.optional(),
  params: words.optional(),
  options: z.record(z.string(), words).optional(),
});
const schema = z.record(z.string(), nodeWords);
type NodeTexts = z.output<typeof schema>;

const store = createStore<{ texts: NodeTexts }>(() => ({ texts: {} }));

/** Lays a language over the definitions. Entries that are not texts of a node are left out. */
export function setNodeTexts(raw: unknown): void {
  const entries = z.record(z.string(), z.unknown()).catch({}).parse(raw);
  const texts: NodeTexts = {};
  for (const [id, entry] of Object.entries(entries)) {
    const parsed = nodeWords.safeParse(entry);
    if (parsed.success) texts[id] = parsed.data;
  }
  store.setState({ texts });
}

const spaced = (name: string): string =>
  name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (letter) => letter.toUpperCase());

export interface NodeWords {
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
}

const wordsOf = (texts: NodeTexts): NodeWords => ({
  title: (definition, fallback) =>
    definition === undefined ? fallback : (texts[definition.id]?.title ?? definition.title),
  doc: (definition) => texts[definition.id]?.doc ?? definition.doc,
  port(definition, side, name, kind) {
    const port = definition[side][name];
    const doc = port?.doc ?? '';
    const own = port?.type.kind.replaceAll('-', '') === name.toLowerCase();
    return {
      label: own && kind !== undefined ? kind : spaced(name),
      doc: texts[definition.id]?.[side]?.[name] ?? doc,
    };
  },
  param: (definition, name, label) => texts[definition.id]?.params?.[name] ?? label ?? spaced(name),
  option: (definition, param, value) => texts[definition.id]?.options?.[param]?.[value] ?? value,
});

/** Words about nodes in the current language, for components. */
export function useNodeWords(): NodeWords {
  return wordsOf(useStore(store, (state) => state.texts));
}
/** The same outside of React. */
export const currentNodeWords = (): NodeWords => wordsOf(store.getState().texts);
