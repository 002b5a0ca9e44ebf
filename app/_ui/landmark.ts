/** Where lists and menus hang in the page: inside its main landmark, so that nothing on the page stands outside of all landmarks. */
export const landmark = {
  get current(): HTMLElement | null {
    return document.querySelector<HTMLElement>('main');
  },
};
