/** Brings back the models that were open before: copies at once, folders where the browser still lets the page. */
import { createStore } from 'zustand/vanilla';
import { filesOf } from '../_formats/model-files';
import { openModel } from '../_state/own-models';
import { copyOf, storedModels, type StoredModel } from './model-store';

/** Models that need the person's permission again; given by a click. */
export const waitingModels = createStore<{ readonly models: readonly StoredModel[] }>(() => ({ models: [] }));

const permissionOf = async (handle: FileSystemHandle, ask: boolean): Promise<boolean> => {
  const method: unknown = Reflect.get(handle, ask ? 'requestPermission' : 'queryPermission');
  // Browsers without the method give handles that need no permission.
  if (typeof method !== 'function') return true;
  return (await Reflect.apply(method, handle, [{ mode: 'read' }])) === 'granted';
};

async function bringBack(model: StoredModel): Promise<void> {
  const files = model.handle === undefined ? await copyOf(model) : await filesOf(model.handle);
  await openModel(files, { key: model.key, place: model.handle === undefined ? 'kept' : 'handle' });
}

/** Called once. Never rejects: a model that is gone is missed where a graph names it. */
export async function persistModels(): Promise<void> {
  try {
    for (const model of await storedModels()) {
      const allowed = model.handle === undefined || (await permissionOf(model.handle, false));
      if (allowed) await bringBack(model).catch(() => undefined);
      else waitingModels.setState(({ models }) => ({ models: [...models, model] }));
    }
  } catch {
    // No IndexedDB: models are open as long as the page.
  }
}

/** Asks for permission, in answer to a click, and opens the model. @returns whether it is there now */
export async function allowModel(model: StoredModel): Promise<boolean> {
  if (model.handle === undefined || !(await permissionOf(model.handle, true))) return false;
  await bringBack(model);
  waitingModels.setState(({ models }) => ({ models: models.filter(({ key }) => key !== model.key) }));
  return true;
}
