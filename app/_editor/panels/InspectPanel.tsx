'use client';
/** What flows on the wire that was clicked. */
import { useTranslations } from 'use-intl';
import { useView } from '../../_state/view';
import { useWorkspace } from '../../_state/workspace';
import { TypeLine } from '../RefusalCard';

export function InspectPanel() {
  const t = useTranslations('dock');
  const target = useView((state) => state.inspected);
  const type = useWorkspace(({ inference }) =>
    target === null ? undefined : inference.portType(target.node, 'out', target.port),
  );
  if (target === null || type === undefined)
    return <p className="p-5 text-center text-xs text-muted-foreground">{t('inspect-none')}</p>;
  return (
    <div className="p-4">
      <TypeLine type={type} caption={target.port} />
    </div>
  );
}
