/** The graphs that come with the editor. */
import { produce } from 'immer';
import { z } from 'zod';
import { LoomError, parseDocument, toLoomError, type LoomDocument } from '@/engine';
import { translate } from '../_i18n/translate';
import { currentLocale } from '../_state/preferences';
import { openDocument } from '../_state/workspace';
import { notify } from '../_ui/notify';

const words = z.object({ en: z.string(), ko: z.string() });
const indexSchema = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    kind: z.string(),
    title: words,
    description: words,
    /** The titles that the template gives its nodes, in other languages. */
    nodes: z.object({ ko: z.record(z.string(), z.string()) }).default({ ko: {} }),
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

/** A template's own words in Korean: its title, its description and the titles of its nodes. Prompts stay in the model's language. */
export function inKorean(document: LoomDocument, entry: TemplateEntry): LoomDocument {
  return produce(document, (draft) => {
    draft.meta.title = entry.title.ko;
    draft.meta.description = entry.description.ko;
    for (const [id, title] of Object.entries(entry.nodes.ko)) {
      const node = draft.nodes[id];
      if (node?.title !== undefined) node.title = title;
    }
  });
}

async function fetchInLanguage(id: string): Promise<LoomDocument> {
  const document = await fetchTemplate(id);
  if (currentLocale() !== 'ko') return document;
  const entry = (await fetchTemplates()).find((found) => found.id === id);
  return entry === undefined ? document : inKorean(document, entry);
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
