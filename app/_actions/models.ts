/** Opening a model: into the catalogue, onto the canvas, and a graph that draws with it. */
import { produce } from 'immer';
import { connect, toLoomError, type LoomDocument } from '@/engine';
import { getOwn } from '@/engine/types';
import { pickModel, type ModelFiles } from '../_formats/model-files';
import { translate } from '../_i18n/translate';
import { keepCopy, rememberModel } from '../_persistence/model-store';
import { catalogStore, type PackageFacts } from '../_state/catalog';
import { addNode } from '../_state/edits';
import { addLora, modelForLora } from '../_state/lora-wiring';
import { placeForNew } from '../_state/flow';
import { registry } from '../_state/nodes';
import { idsOf, openModel, placeModel, type OwnModel } from '../_state/own-models';
import { select, view, type Point } from '../_state/view';
import { edit, openDocument, workspace } from '../_state/workspace';
import { notify } from '../_ui/notify';
import { fetchTemplate } from './templates';

const factsOf = (model: OwnModel): readonly PackageFacts[] =>
  catalogStore.getState().packages.filter(({ id }) => model.packages.includes(id));

/** Says what went wrong, with what to do. */
function refuse(thrown: unknown): void {
  const error = toLoomError(thrown);
  notify.error(translate(`errors.${error.code}`), {
    description: [error.message, error.extra.fix].filter(Boolean).join(' '),
  });
}

/** Makes a model known, now and after a reload, and says what in it cannot be used. */
async function openAndRemember(files: ModelFiles): Promise<OwnModel> {
  const model = await openModel(files, { place: files.handle === undefined ? 'session' : 'handle' });
  if (files.handle !== undefined)
    await rememberModel({ key: model.key, name: model.name, at: Date.now(), handle: files.handle }).catch(
      // No IndexedDB: the model is open as long as the page.
      () => undefined,
    );
  for (const { path, error } of model.refused)
    notify.warning(translate('models.refused', { name: path }), { description: error.message });
  return model;
}

/**
 * A model that was dropped or picked: known from now on, with a node where the pointer is. An empty graph becomes one
 * that draws with it. A LoRA stands between a package and what that feeds: the package that it was dropped `onto`, the
 * chosen one, or the only one.
 */
export async function takeModel(
  files: ModelFiles,
  at: Point = placeForNew().flow,
  onto?: string,
): Promise<void> {
  try {
    const model = await openAndRemember(files);
    const found = factsOf(model);
    const [first] = found;
    // Of a folder full of LoRAs, none is meant more than another.
    const [lora, ...others] = model.loras;
    if (lora !== undefined && others.length === 0 && first === undefined) putLora(lora, at, onto);
    else if (lora !== undefined && first === undefined)
      notify.success(translate('models.loras-opened', { count: model.loras.length, name: model.name }));
    if (first === undefined) return;
    if (Object.keys(workspace.getState().document.nodes).length === 0 && first.draws) await drawWith(first);
    else {
      addPackageNodes(found, at);
      notify.success(
        translate('models.opened', { name: first.title }),
        first.draws
          ? { action: { label: translate('models.draw'), onClick: () => void drawWith(first).catch(refuse) } }
          : undefined,
      );
    }
  } catch (thrown) {
    refuse(thrown);
  }
}

function putLora(lora: string, at: Point, onto: string | undefined): void {
  const title = catalogStore.getState().loras.find(({ id }) => id === lora)?.title ?? lora;
  const model = modelForLora(workspace.getState().document, [
    ...(onto === undefined ? [] : [onto]),
    ...view.getState().selection,
  ]);
  edit('add', (draft) => {
    const added = addLora(draft, {
      lora,
      model,
      at: onto === undefined ? at : { x: at.x + 40, y: at.y + 160 },
    });
    if (added !== undefined) queueMicrotask(() => select([added]));
  });
  notify.success(
    translate(model === undefined ? 'models.lora-opened' : 'models.lora-wired', { name: title }),
  );
}

/** A node for each: *Model package*, or *First stage* where there is no U-Net. */
function addPackageNodes(found: readonly PackageFacts[], at: Point): void {
  edit('add', (draft) => {
    const added = found.flatMap((facts, index) => {
      const definition = registry.get(facts.draws ? 'model/package' : 'model/first-stage');
      return definition === undefined
        ? []
        : [addNode(draft, definition, { x: at.x, y: at.y + 180 * index }, { package: facts.id })];
    });
    queueMicrotask(() => select(added));
  });
}

/** Opens a text-to-image graph over a package, set to what the package recommends. */
export async function drawWith(facts: PackageFacts): Promise<void> {
  const template = await fetchTemplate('text-to-image');
  openDocument(textToImage(template, facts));
}

/** The template without what only our package has (class, map), over another one. */
function textToImage(template: LoomDocument, facts: PackageFacts): LoomDocument {
  const recommended = catalogStore.getState().catalog.recommended?.(facts.id) ?? {};
  return produce(template, (draft) => {
    const gone = new Set(['class', 'map', 'condition']);
    for (const id of gone) delete draft.nodes[id];
    for (const [id, { from, to }] of Object.entries(draft.edges))
      if (gone.has(from.node) || gone.has(to.node)) delete draft.edges[id];
    connect(draft, { node: 'prompt', port: 'conditioning' }, { node: 'unet', port: 'positive' });
    const set = (node: string, params: Record<string, string | number | undefined>): void => {
      for (const [name, value] of Object.entries(params)) {
        const target = getOwn(draft.nodes, node);
        if (target !== undefined && value !== undefined) target.params[name] = value;
      }
    };
    set('package', { package: facts.id });
    set('prompt', { text: translate('models.prompt') });
    set('unet', { guidance: recommended.guidance });
    set('sampler', {
      sampler: recommended.sampler,
      schedule: recommended.schedule,
      steps: recommended.steps,
    });
    draft.meta.title = facts.title;
    delete draft.meta.description;
    draft.groups = {};
    draft.notes = {};
  });
}

/** Asks for a file or folder and opens it. */
export async function pickAndTake(what: 'file' | 'folder'): Promise<void> {
  try {
    const picked = await pickModel(what);
    if (picked !== null) await takeModel(picked);
  } catch (thrown) {
    refuse(thrown);
  }
}

/**
 * Asks for the file or folder of what a node names and is not there. What is opened in its stead takes its place in the
 * node: the person chose it.
 */
export async function pickMissing(
  what: 'file' | 'folder',
  missing: { readonly id: string; readonly kind: 'packages' | 'loras'; readonly use: (id: string) => void },
): Promise<void> {
  try {
    const picked = await pickModel(what);
    if (picked === null) return;
    const model = await openAndRemember(picked);
    if (idsOf(model).includes(missing.id)) {
      notify.success(translate('models.opened', { name: model.name }));
      return;
    }
    const [other] = model[missing.kind];
    if (other === undefined)
      notify.warning(translate('models.not-in-it', { name: model.name, id: missing.id }));
    else {
      missing.use(other);
      notify.warning(translate('models.other-instead', { name: model.name, id: missing.id }));
    }
  } catch (thrown) {
    refuse(thrown);
  }
}

/** Copies a model into the browser, so that it is there after a reload without asking. @throws LoomError as keepCopy */
export async function keepModel(model: OwnModel, options: Parameters<typeof keepCopy>[2]): Promise<void> {
  const copy = await keepCopy(model.key, model, options);
  placeModel(model.key, copy, 'kept');
}
