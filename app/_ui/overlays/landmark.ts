/** Where lists and menus hang in the page: inside its main landmark, so that nothing on the page stands outside of all landmarks. */
export const landmark = (): HTMLElement | null => document.querySelector<HTMLElement>('main');
