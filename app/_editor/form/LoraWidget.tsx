'use client';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { useFormat } from '../../_i18n/format';
import { catalogStore } from '../../_state/catalog';
import { ModelChoice } from './ModelChoice';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** A LoRA that is here, with its size, or none. */
export function LoraWidget(widget: WidgetProps) {
  const loras = useStore(catalogStore, (state) => state.loras);
  const format = useFormat();
  const t = useTranslations('models');
  const options = [
    { value: '', label: t('no-lora') },
    ...loras.map(({ id, title, bytes }) => ({ value: id, label: `${title} · ${format.bytes(bytes)}` })),
  ];
  return <ModelChoice widget={widget} kind="loras" options={options} />;
}

export const loraWidget: WidgetDescriptor<'lora'> = { name: 'lora', component: LoraWidget, layout: 'row' };
