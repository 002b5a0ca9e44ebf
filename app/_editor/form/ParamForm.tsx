'use client';
/** A node's form, made from its schema and hints. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { AnyNode } from '@/engine';
import { useWorkspace } from '../../_state/workspace';
import { fieldsOfNode, type Field } from '../../_state/fields';
import { FieldRow } from './FieldRow';

export const ParamForm = memo(function ParamForm({
  id,
  definition,
  wide = false,
}: {
  readonly id: string;
  readonly definition: AnyNode;
  /** In a panel: more room, nothing folded. */
  readonly wide?: boolean;
}) {
  const t = useTranslations('node');
  const [more, setMore] = useState(false);
  const readOnly = useWorkspace(({ tabs, active }) => tabs.some((tab) => tab.id === active && tab.readOnly));
  const fields = fieldsOfNode(definition).filter((field) => field.widget !== 'hidden');
  const plain = fields.filter((field) => field.hints.advanced !== true);
  const advanced = fields.filter((field) => field.hints.advanced === true);
  const row = (field: Field) => (
    <FieldRow key={field.name} node={id} definition={definition} field={field} disabled={readOnly} />
  );
  if (fields.length === 0) return null;
  return (
    <div className={wide ? 'space-y-2' : 'space-y-1.5 px-2.5 pb-2.5'}>
      {plain.map(row)}
      {advanced.length > 0 && (
        <>
          <button
            type="button"
            aria-expanded={more || wide}
            onClick={() => setMore(!more)}
            className="nodrag flex items-center gap-1 rounded text-[11.5px] text-muted-foreground hover:text-foreground"
          >
            {more ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
            {t('more', { count: advanced.length })}
          </button>
          {more && advanced.map(row)}
        </>
      )}
    </div>
  );
});
