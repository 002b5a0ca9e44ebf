/** Models that the person opened: in the catalogue, and known to the worker. Their files stay where they are. */
import { nanoid } from 'nanoid';
import { createStore } from 'zustand/vanilla';
import { LoomError } from '@/engine';
import type { ModelFiles } from '../_formats/model-files';
import { addModels, dropModels } from './catalog';
import { setModelFolders } from './run-control';

/** Where the files are: only as long as the page, behind a handle that survives it, or copied into the browser. */
export type ModelPlace = 'session' | 'handle' | 'kept';

export interface OwnModel extends ModelFiles {
  readonly key: string;
  readonly place: ModelPlace;
  /** Ids of the packages found in it. */
  readonly packages: readonly string[];
  /** Ids of the LoRAs found in it. */
  readonly loras: readonly string[];
  /** What in it cannot be used, and why. */
  readonly refused: readonly { readonly path: string; readonly error: LoomError }[];
}

export const ownModels = createStore<{ readonly models: readonly OwnModel[] }>(() => ({ models: [] }));

/** Everything in it that a node may name. */
export const idsOf = ({ packages, loras }: Pick<OwnModel, 'packages' | 'loras'>): readonly string[] => [
  ...packages,
  ...loras,
];

const announce = (): void =>
  setModelFolders(ownModels.getState().models.map(({ name, files }) => ({ name, files: [...files] })));

/**
 * Reads the headers of a model's files and makes its packages and LoRAs known. Nothing is copied, nothing leaves the machine.
 * @returns what was found; `packages` and `loras` empty where nothing in it can be used
 * @throws LoomError where there is no model at all
 */
export async function openModel(
  files: ModelFiles,
  at: { readonly key?: string; readonly place: ModelPlace },
): Promise<OwnModel> {
  const [{ findPackages }, { createFilesFolder }] = await Promise.all([
    import('@/models/describe/find'),
    import('@/models/folder-browser'),
  ]);
  const found = await findPackages(createFilesFolder(files.name, files.files), new AbortController().signal);
  const known = found.flatMap((each) => ('known' in each ? [each.known] : []));
  const loras = found.flatMap((each) => ('lora' in each ? [each.lora] : []));
  const model: OwnModel = {
    ...files,
    key: at.key ?? nanoid(10),
    place: at.place,
    packages: known.map(({ description }) => description.id),
    loras: loras.map(({ id }) => id),
    refused: found.flatMap((each) => ('error' in each ? [{ path: each.path, error: each.error }] : [])),
  };
  const [first] = model.refused;
  const ids = idsOf(model);
  if (ids.length === 0 && first !== undefined) throw first.error;
  // One that holds more stays: the worker is told of files, and would lose the rest.
  const same = (other: OwnModel): boolean =>
    other.key === model.key || idsOf(other).every((id) => ids.includes(id));
  ownModels.setState(({ models }) => ({ models: [...models.filter((other) => !same(other)), model] }));
  addModels(known, loras);
  announce();
  return model;
}

/** Notes that a model's files are now somewhere else. */
export function placeModel(key: string, files: ModelFiles, place: ModelPlace): void {
  ownModels.setState(({ models }) => ({
    models: models.map((model) => (model.key === key ? { ...model, ...files, place } : model)),
  }));
  announce();
}

/** Forgets a model; its files stay where they are. Runs that go on keep what they loaded. */
export function closeModel(key: string): void {
  const { models } = ownModels.getState();
  const gone = models.find((model) => model.key === key);
  ownModels.setState({ models: models.filter((model) => model.key !== key) });
  const still = new Set(ownModels.getState().models.flatMap(idsOf));
  if (gone !== undefined) dropModels(idsOf(gone).filter((id) => !still.has(id)));
  announce();
}
