'use client';
/** Sharing a graph: a link that needs no server, or a file. */
import { getOwn } from '@/engine/types';
import { Check, Copy, FileDown, TriangleAlert } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { LoomDocument } from '@/engine';
import { Button } from '../../_ui/Button';
import { Modal } from '../../_ui/Modal';
import { saveFile } from '../../_formats/disk';
import { makeLink } from '../../_formats/link/link';

export function ShareDialog({
  document,
  title,
  onClose,
}: {
  readonly document: LoomDocument;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const t = useTranslations('share');
  const format = useFormatter();
  const linkId = useId();
  const link = useMemo(() => makeLink(document, globalThis.location.href), [document]);
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = async (url: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied('yes');
    } catch {
      // The browser forbids it: the field is there to be copied from.
      setCopied('failed');
    }
  };
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('title')}
      description={t('about')}
      closeLabel={t('close')}
    >
      <div className="flex flex-col gap-5">
        <section className="flex flex-col gap-2">
          <h3 className="text-[13px] font-semibold">
            <label htmlFor={linkId}>{t('link')}</label>
          </h3>
          {link.ok ? (
            <>
              <div className="flex gap-2">
                <input
                  id={linkId}
                  readOnly
                  value={link.url}
                  onFocus={(event) => event.target.select()}
                  className="h-8 min-w-0 flex-1 rounded-md border border-border bg-background px-2 font-mono text-xs"
                />
                <Button variant="primary" onClick={() => void copy(link.url)}>
                  {copied === 'yes' ? <Check size={15} /> : <Copy size={15} />}{' '}
                  {t(copied === 'yes' ? 'copied' : 'copy')}
                </Button>
              </div>
              <p className="text-xs text-muted-foreground" aria-live="polite">
                {copied === 'failed'
                  ? t('copyFailed')
                  : t('linkAbout', { length: format.number(link.length) })}
              </p>
              {!link.comfortable && (
                <p className="flex gap-1.5 rounded-md bg-warning-soft px-2.5 py-1.5 text-xs text-warning">
                  <TriangleAlert size={14} className="mt-px shrink-0" /> {t('linkLong')}
                </p>
              )}
            </>
          ) : (
            <div
              id={linkId}
              className="flex flex-col gap-1 rounded-md bg-warning-soft px-2.5 py-2 text-xs text-warning"
            >
              <p className="flex gap-1.5">
                <TriangleAlert size={14} className="mt-px shrink-0" />
                {t('tooLong', { length: format.number(link.length), limit: format.number(link.limit) })}
              </p>
              <ul className="ml-5 list-disc">
                {link.heaviest.map(({ node, bytes }) => (
                  <li key={node}>
                    {t('heavy', {
                      node: getOwn(document.nodes, node)?.title ?? node,
                      size: format.number(bytes / 1000, { maximumFractionDigits: 1 }),
                    })}
                  </li>
                ))}
              </ul>
            </div>
          )}
        </section>
        <section className="flex items-center gap-3">
          <div className="min-w-0 flex-1">
            <h3 className="text-[13px] font-semibold">{t('file')}</h3>
            <p className="text-xs text-muted-foreground">{t('fileAbout')}</p>
          </div>
          <Button variant="outline" onClick={() => void saveFile(document, { name: title })}>
            <FileDown size={15} /> {t('save')}
          </Button>
        </section>
        <p className="border-t border-border pt-3 text-xs text-muted-foreground">{t('pictures')}</p>
      </div>
    </Modal>
  );
}
