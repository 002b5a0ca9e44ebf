'use client';
/** One setting over a list of values: a picture for each. Several swept settings multiply or go in step. */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { AnyNode } from '@/engine';
import { useFormat } from '../../_i18n/format';
import { useNodeLabels } from '../../_i18n/node-labels';
import type { Field } from '../../_state/fields';
import { useRun } from '../../_state/run-store';
import {
  captionOfValue,
  combinations,
  numbersIn,
  rangeValues,
  removeSweep,
  seedValues,
  setSweep,
  sweepOf,
  type SweepValue,
} from '../../_state/sweeps';
import { activeTab, edit, useWorkspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';
import { Choice } from '../../_ui/Choice';
import { Modal } from '../../_ui/Modal';

/** Values at most of one setting: as the document's schema has it. */
const mostValues = 1024;
const inputStyle = 'h-8 w-full rounded-md border border-input bg-card px-2.5 text-[13px] tabular-nums';

type Kind = 'list' | 'range' | 'seeds' | 'lines' | 'options';

/** The ways to give values that make sense for a setting, the likeliest first. */
function kindsOf(field: Field): readonly Kind[] {
  if (field.widget === 'seed') return ['seeds', 'lines'];
  if (field.type === 'number' || field.type === 'integer') return ['range', 'list'];
  if (field.options !== undefined || field.type === 'boolean') return ['options'];
  return ['lines'];
}

/** Whether a setting can be swept at all: files and paintings cannot. */
export const canSweep = (field: Field): boolean =>
  ['number', 'integer', 'string', 'boolean'].includes(field.type) &&
  !['image-file', 'latent-file', 'mask-painter', 'map-painter', 'hidden', 'schedule-plot'].includes(
    field.widget,
  );

const isNumber = (value: unknown): value is number => typeof value === 'number';

export function SweepDialog({
  node,
  definition,
  field,
  value,
  onClose,
}: {
  readonly node: string;
  readonly definition: AnyNode;
  readonly field: Field;
  /** What the setting is now. */
  readonly value: unknown;
  readonly onClose: () => void;
}) {
  const t = useTranslations('sweep');
  const labels = useNodeLabels();
  const label = labels.param(definition, field.name, field.hints.label);
  const document = useWorkspace((state) => state.document);
  const present = sweepOf(document, node, field.name);
  const kinds = kindsOf(field);
  const [kind, setKind] = useState<Kind>(kinds[0] ?? 'lines');
  const [partner, setPartner] = useState('');
  const [values, setValues] = useState<readonly SweepValue[] | undefined>(present?.values);
  const usable = values !== undefined && values.length > 0 && values.length <= mostValues;
  const others = Object.entries(document.sweeps).filter(([id]) => id !== present?.sweep);
  const change = (recipe: Parameters<typeof edit>[1]): void => {
    edit(`sweep|${label}`, recipe);
    activeTab().history.seal();
    onClose();
  };
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('title', { setting: label })}
      description={t('description')}
      closeLabel={t('close')}
    >
      <div className="space-y-4">
        {kinds.length > 1 && (
          <Choice
            label={t('kind')}
            value={kind}
            options={kinds.map((each) => ({ value: each, label: t(`kind-${each}`) }))}
            onChange={(next) => setKind(kinds.find((each) => each === next) ?? kind)}
          />
        )}
        <Values
          key={kind}
          kind={kind}
          field={field}
          value={value}
          initial={present?.values}
          onChange={setValues}
        />
        {others.length > 0 && (
          <label className="flex items-center justify-between gap-4 text-[13px]">
            {t('axis')}
            <span className="w-56">
              <Choice
                label={t('axis')}
                value={partner}
                options={[
                  { value: '', label: t('axis-own') },
                  ...others.map(([id, { params }]) => ({
                    value: id,
                    label: t('axis-step', { with: params.map(({ param }) => param).join(', ') }),
                  })),
                ]}
                onChange={setPartner}
              />
            </span>
          </label>
        )}
        <p aria-live="polite" className="min-h-10 text-xs text-muted-foreground">
          {values === undefined || values.length > mostValues
            ? t('unusable', { most: mostValues })
            : values.map(captionOfValue).slice(0, 24).join(' · ') + (values.length > 24 ? ' …' : '')}
        </p>
        {usable && <Cost node={node} param={field.name} values={values} partner={partner} />}
        <div className="flex justify-between gap-3">
          {present === undefined ? (
            <span />
          ) : (
            <Button
              variant="ghost"
              onClick={() => change((draft) => removeSweep(draft, { node, param: field.name }))}
            >
              <Trash2 size={14} />
              {t('remove')}
            </Button>
          )}
          <Button
            variant="primary"
            disabled={!usable}
            onClick={() =>
              usable &&
              change((draft) =>
                setSweep(draft, { node, param: field.name }, values, partner === '' ? undefined : partner),
              )
            }
          >
            {t('set')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

/** Pictures of the next run with these values, and about how long they take by the last one. */
function Cost({
  node,
  param,
  values,
  partner,
}: {
  readonly node: string;
  readonly param: string;
  readonly values: readonly SweepValue[];
  readonly partner: string;
}) {
  const t = useTranslations('sweep');
  const format = useFormat();
  const document = useWorkspace((state) => state.document);
  const tab = useWorkspace((state) => state.active);
  const last = useRun((state) => state.last);
  const draft = structuredClone(document);
  setSweep(draft, { node, param }, values, partner === '' ? undefined : partner);
  const pictures = combinations(draft);
  const one =
    last !== null && last.outcome === 'done' && last.tab === tab
      ? last.ms / combinations(document)
      : undefined;
  return (
    <p className="text-[13px] font-medium">
      {t('pictures', { count: pictures })}
      {one !== undefined && <> · {t('about', { time: format.duration(one * pictures) })}</>}
    </p>
  );
}

/** The fields that make the values. */
function Values({
  kind,
  field,
  value,
  initial,
  onChange,
}: {
  readonly kind: Kind;
  readonly field: Field;
  readonly value: unknown;
  readonly initial: readonly SweepValue[] | undefined;
  readonly onChange: (values: readonly SweepValue[] | undefined) => void;
}) {
  const integer = field.type === 'integer';
  switch (kind) {
    case 'range':
      return (
        <RangeValues integer={integer} field={field} value={value} initial={initial} onChange={onChange} />
      );
    case 'list':
      return (
        <TextValues
          name="list"
          initial={initial?.filter(isNumber).join(', ') ?? ''}
          read={(text) => numbersIn(text, integer)}
          onChange={onChange}
        />
      );
    case 'lines':
      return (
        <TextValues
          name="lines"
          initial={
            initial?.filter((each) => typeof each === 'string').join('\n') ??
            (typeof value === 'string' ? value : '')
          }
          read={(text) =>
            text
              .split('\n')
              .map((line) => line.trim())
              .filter(Boolean)
          }
          onChange={onChange}
        />
      );
    case 'seeds':
      return <SeedValues first={typeof value === 'string' ? value : '0'} onChange={onChange} />;
    case 'options':
      return <OptionValues field={field} initial={initial} onChange={onChange} />;
  }
}

function TextValues({
  name,
  initial,
  read,
  onChange,
}: {
  readonly name: 'list' | 'lines';
  readonly initial: string;
  readonly read: (text: string) => readonly SweepValue[] | undefined;
  readonly onChange: (values: readonly SweepValue[] | undefined) => void;
}) {
  const t = useTranslations('sweep');
  return (
    <label className="block text-xs">
      <span className="mb-1 block">{t(`hint-${name}`)}</span>
      <textarea
        defaultValue={initial}
        rows={name === 'lines' ? 5 : 2}
        onChange={(event) => onChange(read(event.currentTarget.value))}
        className="w-full rounded-md border border-input bg-card px-2.5 py-1.5 text-[13px]"
      />
    </label>
  );
}

function RangeValues({
  integer,
  field,
  value,
  initial,
  onChange,
}: {
  readonly integer: boolean;
  readonly field: Field;
  readonly value: unknown;
  readonly initial: readonly SweepValue[] | undefined;
  readonly onChange: (values: readonly SweepValue[] | undefined) => void;
}) {
  const t = useTranslations('sweep');
  const { number } = useFormatter();
  const now = isNumber(value) ? value : (field.min ?? 0);
  const [first, last] = [initial?.[0], initial?.at(-1)];
  const [range, setRange] = useState({
    from: isNumber(first) ? first : now,
    to: isNumber(last) ? last : (field.max ?? now * 2),
    count: initial?.length ?? 4,
  });
  const set = (change: Partial<typeof range>): void => {
    const next = { ...range, ...change };
    setRange(next);
    const sound =
      Number.isFinite(next.from) &&
      Number.isFinite(next.to) &&
      Number.isInteger(next.count) &&
      next.count >= 1;
    onChange(sound ? rangeValues(next.from, next.to, Math.min(next.count, mostValues), integer) : undefined);
  };
  return (
    <div className="grid grid-cols-3 gap-3">
      {(['from', 'to', 'count'] as const).map((name) => (
        <label key={name} className="text-xs">
          <span className="mb-1 block">{t(name)}</span>
          <input
            type="number"
            step={name === 'count' || integer ? 1 : 'any'}
            defaultValue={range[name]}
            aria-label={`${t(name)} (${number(range[name])})`}
            onChange={(event) => set({ [name]: event.currentTarget.valueAsNumber })}
            className={inputStyle}
          />
        </label>
      ))}
    </div>
  );
}

function SeedValues({
  first,
  onChange,
}: {
  readonly first: string;
  readonly onChange: (values: readonly SweepValue[] | undefined) => void;
}) {
  const t = useTranslations('sweep');
  const [random, setRandom] = useState(false);
  const [count, setCount] = useState(4);
  const set = (next: number, drawn: boolean): void => {
    setCount(next);
    setRandom(drawn);
    onChange(
      Number.isInteger(next) && next >= 1 ? seedValues(first, Math.min(next, mostValues), drawn) : undefined,
    );
  };
  return (
    <div className="grid grid-cols-2 items-end gap-3">
      <label className="text-xs">
        <span className="mb-1 block">{t('count')}</span>
        <input
          type="number"
          min={1}
          max={mostValues}
          defaultValue={count}
          onChange={(event) => set(event.currentTarget.valueAsNumber, random)}
          className={inputStyle}
        />
      </label>
      <Choice
        label={t('seeds')}
        value={random ? 'random' : 'next'}
        options={[
          { value: 'next', label: t('seeds-next', { first }) },
          { value: 'random', label: t('seeds-random') },
        ]}
        onChange={(next) => set(count, next === 'random')}
      />
    </div>
  );
}

function OptionValues({
  field,
  initial,
  onChange,
}: {
  readonly field: Field;
  readonly initial: readonly SweepValue[] | undefined;
  readonly onChange: (values: readonly SweepValue[] | undefined) => void;
}) {
  const t = useTranslations('sweep');
  const options: readonly (string | boolean)[] =
    field.type === 'boolean' ? [false, true] : (field.options ?? []);
  const [chosen, setChosen] = useState<readonly SweepValue[]>(initial ?? []);
  return (
    <fieldset className="text-[13px]">
      <legend className="mb-1 text-xs">{t('hint-options')}</legend>
      <div className="grid max-h-56 grid-cols-2 gap-x-4 gap-y-1 overflow-auto">
        {options.map((option) => (
          <label key={String(option)} className="flex items-center gap-2">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={(event) => {
                const next = options.filter((each) =>
                  each === option ? event.currentTarget.checked : chosen.includes(each),
                );
                setChosen(next);
                onChange(next);
              }}
              className="accent-primary"
            />
            {String(option)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
