import { kindAppearance } from './kinds';

const variables = (theme: 'light' | 'dark'): string =>
  Object.entries(kindAppearance)
    .map(([kind, appearance]) => `--k-${kind}:${appearance[theme]}`)
    .join(';');

/** Once in the page: the colours of port kinds as CSS variables, `--k-<kind>`. */
export function KindColours() {
  return <style>{`:root{${variables('light')}}.dark{${variables('dark')}}`}</style>;
}
