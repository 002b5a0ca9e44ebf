/** Words outside of React (toasts, undo labels): the provider hands its translator over. */
type Say = (key: string, values?: Record<string, string | number>) => string;
let translate: Say = (key) => key;

export const setSay = (next: Say): void => {
  translate = next;
};
/** A message by its whole key, e.g. `run.blocked`. */
export const say: Say = (key, values) => translate(key, values);

/** An undo step's label (`key` or `key|argument`) in words. */
export function sayEdit(label: string): string {
  const [key = label, name] = label.split('|');
  return say(`edits.${key}`, name === undefined ? {} : { name });
}
