/** The graphs that come with the editor. */
import { z } from 'zod';
import { LoomError, parseDocument, toLoomError, type LoomDocument } from '@/engine';
import { say } from '../_i18n/say';
import { openDocument } from '../_state/workspace';
import { notify } from '../_ui/notify';

const words = z.object({ en: z.string(), ko: z.string() });
const indexSchema = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    kind: z.string(),
    title: words,
    description: words,
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

/** Opens a template in a tab; an untouched empty tab is replaced. */
export async function openTemplate(id: string): Promise<void> {
  try {
    openDocument(await fetchTemplate(id));
  } catch (thrown) {
    const error = toLoomError(thrown);
    notify.error(say(`errors.${error.code}`), { description: error.message });
  }
}
