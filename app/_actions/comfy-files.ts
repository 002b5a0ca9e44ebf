/** Graphs for ComfyUI: written as its editor's workflow or its server's prompt. */
import { download, safeName } from '../_formats/download';
import { translate } from '../_i18n/translate';
import { exportPrompt, exportWorkflow, type ExportReport } from '../_interop/comfy/export';
import { writeLooseJson, type Json } from '../_interop/comfy/json';
import { activeTab } from '../_state/workspace';
import { notify } from '../_ui/notify';
import { documentTitle } from './document-files';

/** Hands the active graph to the downloads as ComfyUI's workflow, and says what has no counterpart there. */
export function exportComfyWorkflow(): void {
  const { workflow, report } = exportWorkflow(activeTab().history.document);
  handOut(workflow, 'json', report);
}

/** The same as the prompt that ComfyUI's server runs. */
export function exportComfyPrompt(): void {
  const { prompt, report } = exportPrompt(activeTab().history.document);
  handOut(prompt, 'api.json', report);
}

function handOut(json: Json, ending: string, { nodes }: ExportReport): void {
  const name = `${safeName(documentTitle())}.${ending}`;
  download(new Blob([writeLooseJson(json, 2)], { type: 'application/json' }), name);
  const left = nodes.filter(({ outcome }) => outcome === 'placeholder');
  notify.success(translate('open.exported', { name, count: nodes.length - left.length }));
  if (left.length > 0)
    notify.warning(
      translate('open.left-out', {
        count: left.length,
        list: [...new Set(left.map(({ type }) => type))].slice(0, 8).join(', '),
      }),
    );
}
