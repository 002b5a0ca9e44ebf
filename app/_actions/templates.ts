/** The graphs that come with the editor. */
import { getOwn } from '@/engine/types';
import { produce } from 'immer';
import { z } from 'zod';
import { LoomError, parseDocument, toLoomError, type LoomDocument } from '@/engine';
import { translate } from '../_i18n/translate';
import type { Locale } from '../_i18n/locales';
import { currentLocale } from '../_state/preferences';
import { openDocument } from '../_state/workspace';
import { notify } from '../_ui/notify';

/** A text by language; English is always there. */
const texts = z.object({ en: z.string() }).catchall(z.string());
const indexSchema = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    kind: z.string(),
    title: texts,
    description: texts,
    /** The titles that the template gives its nodes, in other languages. */
    nodes: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    /** Whether `<id>.jpg`, drawn by the graph itself, stands beside it. */
    picture: z.boolean().default(false),
  }),
);
export type TemplateEntry = z.output<typeof indexSchema>[number];

async function fetchText(file: string): Promise<string> {
  const response = await fetch(`/${file}`).catch((cause: unknown) => {
    throw new LoomError('network', `${file} could not be fetched.`, { file }, { cause });
  });
  if (!response.ok) throw new LoomError('file-missing', `${file} is missing.`, { file });
  return response.text();
}

/** The list of templates. @throws LoomError `network`, `file-missing` */
export async function fetchTemplates(): Promise<readonly TemplateEntry[]> {
  const json: unknown = JSON.parse(await fetchText('templates/index.json'));
  return indexSchema.parse(json);
}

/** @throws LoomError `network`, `file-missing` or `invalid-document` */
export async function fetchTemplate(id: string): Promise<LoomDocument> {
  return parseDocument(await fetchText(`templates/${id}.json`)).document;
}

/** A template's own texts in another language: its title, its description and the titles of its nodes. Prompts stay in the model's language. */
export function inLanguage(document: LoomDocument, entry: TemplateEntry, locale: Locale): LoomDocument {
  return produce(document, (draft) => {
    draft.meta.title = entry.title[locale] ?? entry.title.en;
    draft.meta.description = entry.description[locale] ?? entry.description.en;
    for (const [id, title] of Object.entries(getOwn(entry.nodes, locale) ?? {})) {
      const node = getOwn(draft.nodes, id);
      if (node?.title !== undefined) node.title = title;
    }
  });
}

async function fetchInLanguage(id: string): Promise<LoomDocument> {
  const document = await fetchTemplate(id);
  const locale = currentLocale();
  if (locale === 'en') return document;
  const entry = (await fetchTemplates()).find((found) => found.id === id);
  return entry === undefined ? document : inLanguage(document, entry, locale);
}

/** Opens a template in a tab; an untouched empty tab is replaced. */
export async function openTemplate(id: string): Promise<void> {
  try {
    openDocument(await fetchInLanguage(id));
  } catch (thrown) {
    const error = toLoomError(thrown);
    notify.error(translate(`errors.${error.code}`), { description: error.message });
  }
}
