/** The nodes that the editor knows: the library, and the packs that the person loaded in this visit. */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { NodePack, NodeRegistry } from '@/engine';
import { registry as library } from '@/nodes/registry';
import { registryWith } from '../_packs/registry-with';

/** A pack and the file it came from: the worker loads the same text. */
export interface LoadedPack {
  readonly pack: NodePack;
  readonly file: string;
  readonly source: string;
}
interface Nodes {
  readonly packs: readonly LoadedPack[];
  readonly registry: NodeRegistry;
}

const store = createStore<Nodes>(() => ({ packs: [], registry: library }));

/** The nodes of the moment. Its identity changes with the packs: what is derived from it is derived anew. */
export const currentRegistry = (): NodeRegistry => store.getState().registry;
export const loadedPacks = (): readonly LoadedPack[] => store.getState().packs;
export const onNodesChange = store.subscribe;
export const useLoadedPacks = (): readonly LoadedPack[] => useStore(store, (state) => state.packs);

/** Whatever the registry is when it is asked. */
export const registry: NodeRegistry = {
  get: (id) => currentRegistry().get(id),
  all: () => currentRegistry().all(),
};

/** Adds a pack; one of the same id gives way. @throws LoomError `bad-input` when another pack has a node of the same id */
export function addPack(added: LoadedPack): void {
  const packs = [...loadedPacks().filter(({ pack }) => pack.id !== added.pack.id), added];
  store.setState({ packs, registry: registryWith(packs.map(({ pack }) => pack)) });
}

/** The loaded pack that a node type comes from. */
export const packOfType = (type: string): NodePack | undefined =>
  loadedPacks().find(({ pack }) => type.startsWith(`${pack.id}/`))?.pack;
