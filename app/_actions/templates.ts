/** The graphs that come with the editor. */
import { toast } from 'sonner';
import { LoomError, parseDocument, toLoomError, type LoomDocument } from '@/engine';
import { say } from '../_i18n/say';
import { openDocument } from '../_state/workspace';

export const templateIds = ['text-to-image', 'class-to-image', 'map-to-image', 'unconditional'] as const;
export type TemplateId = (typeof templateIds)[number];

/** @throws LoomError `network`, `file-missing` or `invalid-document` */
export async function fetchTemplate(id: TemplateId): Promise<LoomDocument> {
  const file = `templates/${id}.json`;
  const response = await fetch(`/${file}`).catch((cause: unknown) => {
    throw new LoomError('network', `${file} could not be fetched.`, { file }, { cause });
  });
  if (!response.ok) throw new LoomError('file-missing', `${file} is missing.`, { file });
  return parseDocument(await response.text()).document;
}

/** Opens a template in a tab; an untouched empty tab is replaced. */
export async function openTemplate(id: TemplateId): Promise<void> {
  try {
    openDocument(await fetchTemplate(id));
  } catch (thrown) {
    const error = toLoomError(thrown);
    toast.error(say(`errors.${error.code}`), { description: error.message });
  }
}
