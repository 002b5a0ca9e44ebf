/** Where a notice waits until the layer that draws it is on the page. */
let drawn: () => void = () => undefined;
/** Resolves when the layer is on the page. */
export const noticeLayer = new Promise<void>((resolve) => {
  drawn = resolve;
});
/** The layer says that it is on the page. */
export const noticesDrawn = (): void => drawn();
