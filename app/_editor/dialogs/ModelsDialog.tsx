'use client';
/** The models there are: ours, and those that the person opened; what is known of each, and from where. */
import { FilePlus2, FolderOpen, HardDriveDownload, KeyRound, Trash2 } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { drawWith, keepModel, pickAndTake } from '../../_actions/models';
import { useFormat } from '../../_i18n/format';
import { forgetModel } from '../../_persistence/model-store';
import { allowModel, waitingModels } from '../../_persistence/persist-models';
import { catalogStore, type LoraFacts, type PackageFacts } from '../../_state/catalog';
import { closeModel, idsOf, ownModels, type OwnModel } from '../../_state/own-models';
import { view } from '../../_state/view';
import { Button, IconButton } from '../../_ui/Button';
import { Modal } from '../../_ui/Modal';
import { notify } from '../../_ui/notify';

const close = (): void => view.setState({ dialog: null });
const say = (error: unknown): void => notify.error(error instanceof Error ? error.message : String(error));

export function ModelsDialog() {
  const t = useTranslations('models');
  const packages = useStore(catalogStore, (state) => state.packages);
  const loras = useStore(catalogStore, (state) => state.loras);
  const own = useStore(ownModels, (state) => state.models);
  const waiting = useStore(waitingModels, (state) => state.models);
  const format = useFormat();
  const room = useRoom(own);
  const ownerOf = (id: string): OwnModel | undefined => own.find((model) => idsOf(model).includes(id));
  return (
    <Modal
      open
      onOpenChange={(open) => !open && close()}
      title={t('title')}
      description={room === undefined ? t('description') : t('room', { free: format.bytes(room) })}
      closeLabel={t('close')}
      wide
    >
      <div className="mb-4 flex flex-wrap gap-2">
        <Button variant="primary" onClick={() => void pickAndTake('file')}>
          <FilePlus2 size={14} />
          {t('open-file')}
        </Button>
        <Button variant="outline" onClick={() => void pickAndTake('folder')}>
          <FolderOpen size={14} />
          {t('open-folder')}
        </Button>
        <p className="min-w-0 flex-1 self-center text-xs text-muted-foreground">{t('hint')}</p>
      </div>
      {waiting.length > 0 && (
        <ul className="mb-4 space-y-2">
          {waiting.map((model) => (
            <li
              key={model.key}
              className="flex items-center justify-between gap-3 rounded-md bg-warning-soft px-3 py-2 text-[13px]"
            >
              {t('waiting', { name: model.name })}
              <span className="flex gap-2">
                <Button small onClick={() => void allowModel(model).catch(say)}>
                  <KeyRound size={13} />
                  {t('allow')}
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <ul className="divide-y divide-border">
        {packages.map((facts) => (
          <Model key={facts.id} facts={facts} owner={ownerOf(facts.id)} />
        ))}
        {loras.map((lora) => (
          <Lora key={lora.id} lora={lora} owner={ownerOf(lora.id)} />
        ))}
      </ul>
    </Modal>
  );
}

/** Bytes that the browser still gives; asked again whenever the models change. */
function useRoom(models: readonly OwnModel[]): number | undefined {
  const [room, setRoom] = useState<number>();
  useEffect(() => {
    void navigator.storage
      ?.estimate()
      .then(({ quota, usage }) => setRoom(quota === undefined ? undefined : quota - (usage ?? 0)))
      .catch(() => undefined);
  }, [models]);
  return room;
}

function Model({ facts, owner }: { readonly facts: PackageFacts; readonly owner: OwnModel | undefined }) {
  const t = useTranslations('models');
  const format = useFormat();
  const place = usePlace(owner);
  return (
    <li className="py-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="truncate text-[13px] font-semibold">{facts.title}</h3>
          <p className="text-xs text-muted-foreground">
            {[
              t(`layout-${facts.layout}`),
              format.bytes(facts.bytes),
              facts.native && `${facts.native.width} × ${facts.native.height}`,
              facts.licence,
              owner === undefined ? t('place-built-in') : t(`place-${owner.place}`),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {facts.notices.map((notice) => (
            <p key={notice} className="mt-1 text-xs text-warning">
              {notice}
            </p>
          ))}
        </div>
        {facts.draws && (
          <Button
            small
            variant="outline"
            onClick={() => {
              close();
              void drawWith(facts).catch(say);
            }}
          >
            {t('draw')}
          </Button>
        )}
        {place.buttons}
      </div>
      {place.bar}
      {facts.facts.length > 0 && (
        <details className="mt-1.5 text-xs">
          <summary className="cursor-pointer text-muted-foreground">{t('facts')}</summary>
          <dl className="mt-1 grid grid-cols-[auto_1fr_auto] gap-x-4 gap-y-0.5">
            {facts.facts.map(({ name, value, from }) => (
              <div key={name} className="contents">
                <dt className="text-muted-foreground">{name}</dt>
                <dd className="truncate tabular-nums">{String(value)}</dd>
                <dd className="text-muted-foreground">
                  {from.kind === 'file' ? t('from-file', { file: from.file }) : t(`from-${from.kind}`)}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

/** A LoRA: what it changes, by how many numbers. */
function Lora({ lora, owner }: { readonly lora: LoraFacts; readonly owner: OwnModel | undefined }) {
  const t = useTranslations('models');
  const format = useFormat();
  const place = usePlace(owner);
  const { title, bytes, ranks, adapts, others } = lora;
  return (
    <li className="py-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="truncate text-[13px] font-semibold">{title}</h3>
          <p className="text-xs text-muted-foreground">
            {[
              'LoRA',
              format.bytes(bytes),
              ranks && t('rank', { rank: ranks[0] === ranks[1] ? String(ranks[0]) : ranks.join('–') }),
              ...adapts.map((part) => t(`adapts-${part}`)),
              owner && t(`place-${owner.place}`),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {others.length > 0 && (
            <p className="mt-1 text-xs text-warning">{t('not-taken', { methods: others.join(', ') })}</p>
          )}
        </div>
        {place.buttons}
      </div>
      {place.bar}
    </li>
  );
}

/** Keeping a copy of a person's own model, and forgetting it; nothing for ours. */
function usePlace(owner: OwnModel | undefined): { readonly buttons: ReactNode; readonly bar: ReactNode } {
  const t = useTranslations('models');
  const [copying, setCopying] = useState<{ readonly part: number; readonly stop: AbortController }>();
  const keep = (model: OwnModel): void => {
    const stop = new AbortController();
    setCopying({ part: 0, stop });
    keepModel(model, {
      signal: stop.signal,
      progress: (done, total) => setCopying({ part: done / total, stop }),
    })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) say(error);
      })
      .finally(() => setCopying(undefined));
  };
  return {
    buttons: (
      <>
        {owner !== undefined && owner.place !== 'kept' && (
          <IconButton
            small
            label={copying === undefined ? t('keep') : t('stop')}
            onClick={() => (copying === undefined ? keep(owner) : copying.stop.abort())}
          >
            <HardDriveDownload size={15} />
          </IconButton>
        )}
        {owner !== undefined && (
          <IconButton
            small
            label={owner.place === 'kept' ? t('delete') : t('forget')}
            onClick={() => {
              closeModel(owner.key);
              void forgetModel(owner.key).catch(say);
            }}
          >
            <Trash2 size={15} />
          </IconButton>
        )}
      </>
    ),
    bar: copying !== undefined && (
      <progress
        aria-label={t('copying')}
        value={copying.part}
        max={1}
        className="mt-2 h-1.5 w-full accent-primary"
      />
    ),
  };
}
