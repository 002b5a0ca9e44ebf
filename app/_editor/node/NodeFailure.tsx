'use client';
import { useTranslations } from 'use-intl';
import type { ErrorMessage } from '../../_worker/protocol';

/** What went wrong in a node: in the reader's language by code, the exact words of the engine below. */
export function NodeFailure({ error }: { readonly error: ErrorMessage }) {
  const t = useTranslations('errors');
  return (
    <div
      role="alert"
      className="mx-2.5 mb-2.5 rounded-md bg-destructive-soft px-2.5 py-2 text-[11.5px] text-destructive"
    >
      <p className="font-semibold">{t(error.code)}</p>
      <p className="mt-0.5 max-h-28 overflow-auto break-words select-text">{error.message}</p>
      {error.fix !== undefined && <p className="mt-1 text-foreground">{error.fix}</p>}
    </div>
  );
}
