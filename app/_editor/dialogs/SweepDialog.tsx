'use client';
/** One setting over a list of values: a picture for each. Several swept settings multiply or go in step. */
import { getOwn } from '@/engine/types';
import { Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
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
import { sweepable } from '../../_state/sweepable';
import { view } from '../../_state/view';
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

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The dialog of one node: which of its settings, then its values. */
export function SweepDialog({ at }: { readonly at: { readonly node: string; readonly param?: string } }) {
  const t = useTranslations('sweep');
  const labels = useNodeLabels();
  const node = useWorkspace((state) => getOwn(state.document.nodes, at.node));
  const fields = sweepable(node);
  const [name, setName] = useState(at.param ?? fields[0]?.name);
  const field = fields.find((each) => each.name === name);
  const definition = registry.get(node?.type ?? '');
  const close = (): void => view.setState({ sweep: null });
  if (node === undefined || definition === undefined || field === undefined) return null;
  const labelOf = (each: Field): string => labels.param(definition, each.name, each.hints.label);
  return (
    <Modal
      open
      onOpenChange={(open) => !open && close()}
      title={t('title', { setting: labelOf(field) })}
      description={t('description')}
      closeLabel={t('close')}
    >
      <div className="space-y-4">
        {fields.length > 1 && (
          <label className="flex items-center justify-between gap-4 text-[13px]">
            {t('setting')}
            <span className="w-56">
              <Choice
                label={t('setting')}
                value={field.name}
                options={fields.map((each) => ({ value: each.name, label: labelOf(each) }))}
                onChange={setName}
              />
            </span>
          </label>
        )}
        <SettingSweep
          key={field.name}
          node={at.node}
          field={field}
          label={labelOf(field)}
          value={node.params[field.name] ?? field.initial}
          onClose={close}
        />
      </div>
    </Modal>
  );
}

function SettingSweep({
  node,
  field,
  label,
  value,
  onClose,
}: {
  readonly node: string;
  readonly field: Field;
  readonly label: string;
  /** What the setting is now. */
  readonly value: unknown;
  readonly onClose: () => void;
}) {
  const t = useTranslations('sweep');
  const document = useWorkspace((state) => state.document);
  const present = sweepOf(document, node, field.name);
  const kinds = kindsOf(field);
  const [kind, setKind] = useState<Kind>(kinds[0] ?? 'lines');
  const [partner, setPartner] = useState('');
  const [values, setValues] = useState<readonly SweepValue[] | undefined>(
    () => present?.values ?? firstValues(kind, field, value),
  );
  const usable = values !== undefined && values.length > 0 && values.length <= mostValues;
  const others = Object.entries(document.sweeps).filter(([id]) => id !== present?.sweep);
  const change = (recipe: Parameters<typeof edit>[1]): void => {
    edit(`sweep|${label}`, recipe);
    activeTab().history.seal();
    onClose();
  };
  return (
    <>
      {kinds.length > 1 && (
        <Choice
          label={t('kind')}
          value={kind}
          options={kinds.map((each) => ({ value: each, label: t(`kind-${each}`) }))}
          onChange={(next) => {
            const chosen = kinds.find((each) => each === next) ?? kind;
            setKind(chosen);
            setValues(firstValues(chosen, field, value));
          }}
        />
      )}
      <Values
        key={kind}
        kind={kind}
        field={field}
        value={value}
        initial={kind === kinds[0] ? present?.values : undefined}
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
    </>
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
  const forms = {
    range: () => (
      <RangeValues integer={integer} field={field} value={value} initial={initial} onChange={onChange} />
    ),
    list: () => (
      <TextValues
        name="list"
        initial={initial?.filter(isNumber).join(', ') ?? ''}
        read={(text) => numbersIn(text, integer)}
        onChange={onChange}
      />
    ),
    lines: () => (
      <TextValues
        name="lines"
        initial={initial?.map(captionless).join('\n') ?? (typeof value === 'string' ? value : '')}
        read={linesIn}
        onChange={onChange}
      />
    ),
    seeds: () => <SeedValues first={typeof value === 'string' ? value : '0'} onChange={onChange} />,
    options: () => <OptionValues field={field} initial={initial} onChange={onChange} />,
  } satisfies Record<Kind, () => ReactNode>;
  return forms[kind]();
}

const linesIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
const captionless = (value: SweepValue): string => (typeof value === 'string' ? value : '');

/** A range as it is first offered: from the present value to the end of the slider, four values. */
function firstRange(field: Field, value: unknown, initial: readonly SweepValue[] | undefined) {
  const now = isNumber(value) ? value : (field.min ?? 0);
  const [first, last] = [initial?.[0], initial?.at(-1)];
  return {
    from: isNumber(first) ? first : now,
    to: isNumber(last) ? last : (field.max ?? now * 2),
    count: initial?.length ?? 4,
  };
}

/** The values that the form of a kind stands for before anybody touches it. */
function firstValues(kind: Kind, field: Field, value: unknown): readonly SweepValue[] {
  const { from, to, count } = firstRange(field, value, undefined);
  const made = {
    range: () => rangeValues(from, to, count, field.type === 'integer'),
    list: () => [],
    lines: () => (typeof value === 'string' ? linesIn(value) : []),
    seeds: () => seedValues(typeof value === 'string' ? value : '0', 4, false),
    options: () => [],
  } satisfies Record<Kind, () => readonly SweepValue[]>;
  return made[kind]();
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
  const [range, setRange] = useState(() => firstRange(field, value, initial));
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
