/** What is wanted of a size or a set is said in the reader's language, from what inference found. */
import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import {
  add,
  atMost,
  broadcast,
  infer,
  mul,
  parseDocument,
  setOf,
  union,
  v,
  within,
  phraseOf,
} from '@/engine';
import type { TypeExpression } from '@/engine';
import { describeExpression } from '@/engine/infer/wording';
import { createCatalog } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { readPackage } from '@/models/packages';
import { registry } from '@/nodes/registry';
import en from '@/app/_i18n/en/messages.json';
import ko from '@/app/_i18n/ko/messages.json';
import { expressionText } from '@/app/_i18n/expression-text';

const inEnglish = createTranslator({ locale: 'en', messages: en, namespace: 'expression' });
const inKorean = createTranslator({ locale: 'ko', messages: ko, namespace: 'expression' });
const titleOf = (id: string): string => (id === 'load' ? '사진' : id);
const korean = (expression: TypeExpression): string =>
  expressionText(phraseOf(expression), (key, values) => inKorean(key, values), titleOf);

const cases: readonly (readonly [TypeExpression, string])[] = [
  ['loom-kl-f8', 'loom-kl-f8'],
  [1024, '1024'],
  [setOf(), '없음'],
  [setOf('text'), 'text'],
  [setOf('text', 'class', 'map'), 'class, map 및 text'],
  [atMost(), '없음'],
  [atMost('class', 'text'), '최대 class 및 text'],
  [within(v('A')), '최대 아무 값'],
  [union(setOf('text'), setOf('map')), 'text와(과) map'],
  [broadcast(3), '1 또는 3'],
  [mul(32, v('h')), '32의 배수'],
  [add(5, v('n')), '6 이상'],
  [v('H@load'), '“사진”을(를) 실행해야 알 수 있는 크기'],
  [mul(v('F'), v('h')), 'F × h'],
  [mul(v('F'), add(v('h'), v('k'))), 'F × (h + k)'],
];

describe('terms', () => {
  it.each(cases)('%j in Korean: %s', (expression, text) => expect(korean(expression)).toBe(text));
  it.each(cases.map(([expression]) => [expression]))(
    '%j in English as the command line says it',
    (expression) => {
      expect(
        expressionText(
          phraseOf(expression),
          (key, values) => inEnglish(key, values),
          (id) => id,
        ),
      ).toBe(describeExpression(expression));
    },
  );
});

describe('a diagnostic carries the terms it is about', () => {
  const catalog = async () => createCatalog([await readPackage(createNodeFiles('tests/fixtures'), 'tiny')]);
  const found = async (nodes: object, edges: object) =>
    infer({
      document: parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document,
      registry,
      catalog: await catalog(),
    }).diagnostics;

  it('at a parameter', async () => {
    const [one] = await found(
      {
        package: { type: 'model/package', params: { package: 'tiny' } },
        n: { type: 'latent/noise', params: { width: 250 } },
      },
      { w: { from: { node: 'package', port: 'unet' }, to: { node: 'n', port: 'unet' } } },
    );
    expect(one).toMatchObject({ code: 'invalid-param', path: 'width', gotExpression: 250 });
    expect(one?.wantExpression && korean(one.wantExpression)).toBe('8의 배수');
  });

  it('at a wire', async () => {
    const [one] = await found(
      {
        package: { type: 'model/package', params: { package: 'tiny' } },
        e: { type: 'latent/empty', params: { batch: 2 } },
        pick: { type: 'latent/pick', params: { index: 4 } },
      },
      {
        a: { from: { node: 'package', port: 'unet' }, to: { node: 'e', port: 'unet' } },
        b: { from: { node: 'e', port: 'latent' }, to: { node: 'pick', port: 'latent' } },
      },
    );
    expect(one).toMatchObject({ code: 'type-mismatch', path: 'batch', gotExpression: 2, want: 'at least 5' });
    expect(one?.wantExpression && korean(one.wantExpression)).toBe('5 이상');
  });
});
