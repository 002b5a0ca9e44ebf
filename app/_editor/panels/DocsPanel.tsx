'use client';
/** A node's documentation: what it does, its ports with types, its parameters, its names elsewhere. */
import { getOwn } from '@/engine/types';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';
import { useView } from '../../_state/view';
import { useWorkspace } from '../../_state/workspace';
import { fieldsOfNode } from '../../_state/fields';
import { PortGlyph } from '../port/PortGlyph';

export function DocsPanel() {
  const t = useTranslations('docs');
  const tp = useTranslations('port');
  const tc = useTranslations('categories');
  const labels = useNodeLabels();
  const id = useView(
    (state) => state.docs ?? [...state.selection].find((found) => !found.includes(':')) ?? null,
  );
  const type = useWorkspace((state) => (id === null ? undefined : getOwn(state.document.nodes, id)?.type));
  const definition = type === undefined ? undefined : registry.get(type);
  if (definition === undefined)
    return <p className="p-5 text-center text-xs text-muted-foreground">{t('none')}</p>;
  const ports = (side: 'inputs' | 'outputs') =>
    Object.entries(definition[side]).map(([name, port]) => {
      const text = labels.port(definition, side, name);
      return (
        <li key={name} className="flex gap-2">
          <span className="mt-0.5">
            <PortGlyph kind={port.type.kind} />
          </span>
          <span className="min-w-0">
            <span className="font-medium">{text.label}</span>{' '}
            <span className="text-muted-foreground">
              {tp(`kinds.${port.type.kind}`)}
              {port.optional === true && ` · ${tp('optional')}`}
            </span>
            {text.doc !== '' && <span className="block text-muted-foreground">{text.doc}</span>}
          </span>
        </li>
      );
    });
  const fields = fieldsOfNode(definition).filter((field) => field.widget !== 'hidden');
  return (
    <article className="space-y-4 p-4 text-xs leading-relaxed">
      <header>
        <p className="text-[11px] text-muted-foreground">{tc(definition.category)}</p>
        <h3 className="text-[15px] font-semibold">{labels.title(definition, '')}</h3>
        <code className="text-[11px] text-muted-foreground">
          {definition.id} · v{definition.version}
        </code>
      </header>
      <p className="text-[13px]">{labels.doc(definition)}</p>
      {Object.keys(definition.inputs).length > 0 && (
        <section>
          <h4 className="mb-1.5 font-semibold">{t('inputs')}</h4>
          <ul className="space-y-1.5">{ports('inputs')}</ul>
        </section>
      )}
      {Object.keys(definition.outputs).length > 0 && (
        <section>
          <h4 className="mb-1.5 font-semibold">{t('outputs')}</h4>
          <ul className="space-y-1.5">{ports('outputs')}</ul>
        </section>
      )}
      {fields.length > 0 && (
        <section>
          <h4 className="mb-1.5 font-semibold">{t('params')}</h4>
          <dl className="space-y-1.5">
            {fields.map((field) => (
              <div key={field.name}>
                <dt className="font-medium">
                  {labels.param(definition, field.name, field.hints.label)}{' '}
                  <code className="font-normal text-muted-foreground">{field.name}</code>
                </dt>
                <dd className="text-muted-foreground">
                  {field.options !== undefined
                    ? field.options.map((option) => labels.option(definition, field.name, option)).join(', ')
                    : field.min !== undefined && field.max !== undefined
                      ? `${field.min} … ${field.max}`
                      : t(`type-${field.type}`)}
                  {(typeof field.initial === 'number' ||
                    typeof field.initial === 'boolean' ||
                    (typeof field.initial === 'string' && field.initial !== '')) &&
                    ` · ${t('default', { value: String(field.initial) })}`}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {definition.aliases !== undefined && definition.aliases.length > 0 && (
        <section>
          <h4 className="mb-1 font-semibold">{t('aliases')}</h4>
          <p className="text-muted-foreground">{definition.aliases.join(', ')}</p>
        </section>
      )}
    </article>
  );
}
