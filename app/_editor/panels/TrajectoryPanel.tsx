'use client';
import { useTranslations } from 'use-intl';

export function TrajectoryPanel() {
  const t = useTranslations('dock');
  return <p className="p-5 text-center text-xs text-muted-foreground">{t('trajectory-none')}</p>;
}
