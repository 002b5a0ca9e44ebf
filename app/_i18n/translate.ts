/** Words outside of React (toasts, undo labels): the provider hands its translator over. */
type Translate = (key: string, values?: Record<string, string | number>) => string;
let translator: Translate = (key) => key;

export const setTranslate = (next: Translate): void => {
  translator = next;
};
/** A message by its whole key, e.g. `run.blocked`. */
export const translate: Translate = (key, values) => translator(key, values);

/** An undo step's label (`key` or `key|argument`) in words. */
export function editLabel(label: string): string {
  const [key = label, name] = label.split('|');
  return translate(`edits.${key}`, name === undefined ? {} : { name });
}
