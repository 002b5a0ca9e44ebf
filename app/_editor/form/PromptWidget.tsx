'use client';
/** A prompt: grows with its text, says how many tokens it is cut into and what does not fit or is not known. */
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { TokenView } from '@/engine';
import { packageFeeding } from '../../_state/catalog';
import { ask } from '../../_state/run-control';
import { useRun } from '../../_state/run-store';
import { useWorkspace } from '../../_state/workspace';
import { firstInteraction } from '../../_ui/first-interaction';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** How the package behind the node's conditioner cuts the prompt; undefined while not known. */
function useTokens(node: string, prompt: string): TokenView | undefined {
  const feeding = useWorkspace(({ inference }) => packageFeeding(inference, node));
  const ready = useRun((state) => state.engine.is === 'ready');
  const [view, setView] = useState<TokenView>();
  useEffect(() => {
    if (feeding === undefined || !ready) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      // Counting needs the engine and the package's tokenizer: not fetched for a page that nobody uses.
      firstInteraction()
        .then(() => ask({ type: 'tokenize', package: feeding, prompt }, stop.signal))
        .then((answer) => {
          if (answer.type === 'tokens') setView(answer);
        })
        // No count is shown where the tokenizer cannot be had; running says why.
        .catch(() => undefined);
    }, 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [feeding, ready, prompt]);
  return view;
}

export function PromptWidget({ id, node, label, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('prompt');
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = typeof value === 'string' ? value : '';
  const tokens = useTokens(node, text);
  const count = tokens?.tokens.filter((token) => !token.special).length;
  const unknown = [
    ...new Set(tokens?.tokens.filter((token) => !token.known && !token.special).map((token) => token.text)),
  ];
  useEffect(() => {
    const area = ref.current;
    // Where the style sheet can do it (field-sizing), measuring would lay out the page at every key.
    if (area === null || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(220, Math.max(52, area.scrollHeight + 2))}px`;
  }, [text]);
  return (
    <div>
      <textarea
        ref={ref}
        id={id}
        rows={3}
        aria-label={label}
        value={text}
        disabled={disabled}
        placeholder={t('placeholder')}
        spellCheck={false}
        onChange={(event) => set(event.target.value, 'typing')}
        onBlur={seal}
        className="nodrag nowheel block max-h-[220px] min-h-[52px] w-full resize-none [field-sizing:content] rounded-md border border-border bg-background px-2 py-1.5 text-xs leading-relaxed placeholder:text-muted-foreground hover:border-input focus:border-ring disabled:opacity-60"
      />
      {tokens !== undefined && text !== '' && (
        <p className="mt-0.5 text-[11px] text-muted-foreground tabular-nums">
          {t('tokens', { count: count ?? 0, limit: tokens.limit })}
          {tokens.overflow !== '' && (
            <span className="block text-warning">{t('overflow', { text: tokens.overflow })}</span>
          )}
          {unknown.length > 0 && (
            <span className="block text-warning">
              {t('unknown', { words: unknown.slice(0, 6).join(', ') })}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

export const promptWidget: WidgetDescriptor<'prompt'> = {
  name: 'prompt',
  component: PromptWidget,
  layout: 'stacked',
};
