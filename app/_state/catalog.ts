/** The installed packages as the page knows them: port types for inference, names and labels for forms. Only manifests are read. */
import { createStore } from 'zustand/vanilla';
import { z } from 'zod';
import {
  LoomError,
  toLoomError,
  type BetaSchedule,
  type Catalog,
  type Inference,
  type LabelSet,
  type PackageFact,
  type PackageLayout,
} from '@/engine';
import { createCatalog } from '@/models/catalog';
import { createFetchFiles } from '@/models/files';
import type { KnownLora } from '@/models/lora/open-lora';
import type { LoraSummary } from '@/models/lora/summary';
import { readPackages, type KnownPackage } from '@/models/packages';
import { setModelFinder, stemOf } from '../_formats/model-names';
import { spacesOf } from './spaces';

/** What forms need of a package. */
export interface PackageFacts {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  readonly bytes: number;
  /** Identity of its conditioner. */
  readonly conditioner: string;
  readonly classes: readonly string[];
  readonly labels: LabelSet | undefined;
  /** Identity of its latent space. */
  readonly space: string;
  /** β schedule of its U-Net. */
  readonly schedule: BetaSchedule | undefined;
  readonly layout: PackageLayout;
  /** Whether there is a U-Net, or a first stage alone. */
  readonly draws: boolean;
  /** Side of the pictures that it was trained on, in pixels. */
  readonly native: { readonly width: number; readonly height: number } | undefined;
  readonly facts: readonly PackageFact[];
  readonly notices: readonly string[];
}

/** What forms and lists need of a LoRA. */
export interface LoraFacts extends LoraSummary {
  readonly id: string;
  readonly title: string;
  readonly bytes: number;
}

export interface CatalogState {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: LoomError | undefined;
  readonly catalog: Catalog;
  readonly packages: readonly PackageFacts[];
  readonly loras: readonly LoraFacts[];
  /** Latent spaces in a stable order: a space's place chooses its pattern. */
  readonly spaces: readonly string[];
}

const nothing: Catalog = { ports: () => undefined, packages: [], hash: () => undefined };
export const catalogStore = createStore<CatalogState>(() => ({
  status: 'loading',
  error: undefined,
  catalog: nothing,
  packages: [],
  loras: [],
  spaces: [],
}));

const indexSchema = z.object({ packages: z.array(z.object({ id: z.string() })) });

/** Reads `/models/index.json` and each package's manifest. Never rejects: see `status`. */
export async function loadCatalog(): Promise<void> {
  try {
    const response = await fetch('/models/index.json');
    if (!response.ok)
      throw new LoomError('file-missing', 'models/index.json is missing.', { file: 'models/index.json' });
    const { packages: ids } = indexSchema.parse(await response.json());
    const files = createFetchFiles({ base: '/models/' });
    const installed = await readPackages(
      files,
      ids.map(({ id }) => id),
    );
    known = [...installed, ...known.filter(({ folder }) => folder !== undefined)];
    show();
  } catch (thrown) {
    catalogStore.setState({ status: 'failed', error: toLoomError(thrown, 'network') });
  }
}

/** What forms need of one package. */
function factsOf({ description }: KnownPackage): PackageFacts {
  const { id, title, licence, latent, conditioner, unet, files, layout, facts, notices } = description;
  return {
    id,
    title,
    description: description.description,
    licence,
    bytes: Object.values(files).reduce((sum, file) => sum + file.size, 0),
    conditioner: conditioner.id,
    classes: conditioner.classes?.names ?? [],
    labels: conditioner.map?.labels,
    space: latent.space,
    schedule: unet?.schedule,
    layout,
    draws: unet !== undefined,
    native: unet && {
      width: unet.nativeSize.width * latent.factor,
      height: unet.nativeSize.height * latent.factor,
    },
    facts,
    notices,
  };
}

/** Every package, those that the person opened last. */
let known: readonly KnownPackage[] = [];
let loras: readonly KnownLora[] = [];
function show(): void {
  const catalog = createCatalog(known, loras);
  setModelFinder(({ kind, name }) => {
    const stem = stemOf(name);
    if (kind === 'lora') return loras.find((lora) => stemOf(lora.name) === stem)?.id;
    if (kind !== 'checkpoint' && kind !== 'diffusers' && kind !== 'vae') return undefined;
    const found = known.find(
      ({ description: { title, unet } }) => stemOf(title) === stem && (kind === 'vae' || unet !== undefined),
    );
    return found?.description.id;
  });
  catalogStore.setState({
    status: 'ready',
    error: undefined,
    catalog,
    packages: known.map(factsOf),
    loras: loras.map(({ id, name, file, summary }) => ({ id, title: name, bytes: file.size, ...summary })),
    spaces: spacesOf(catalog),
  });
}

/** Adds packages and LoRAs that a person opened; one of an id that is there is replaced. */
export function addModels(opened: readonly KnownPackage[], openedLoras: readonly KnownLora[]): void {
  const ids = new Set(opened.map(({ description }) => description.id));
  known = [...known.filter(({ description }) => !ids.has(description.id)), ...opened];
  const names = new Set(openedLoras.map(({ id }) => id));
  loras = [...loras.filter(({ id }) => !names.has(id)), ...openedLoras];
  show();
}
/** Forgets packages and LoRAs that a person had opened. */
export function dropModels(ids: readonly string[]): void {
  known = known.filter(({ description }) => !ids.includes(description.id));
  loras = loras.filter(({ id }) => !ids.includes(id));
  show();
}

/** The package whose conditioner is connected into a node. */
export function packageFeeding(inference: Inference, node: string): string | undefined {
  const info = inference.nodes.get(node);
  if (info === undefined) return undefined;
  const { packages } = catalogStore.getState();
  for (const source of Object.values(info.sources)) {
    const type = inference.portType(source.node, 'out', source.port);
    if (type?.kind !== 'conditioner') continue;
    const found = packages.find((facts) => facts.conditioner === type.fields['for']);
    if (found !== undefined) return found.id;
  }
  return undefined;
}
