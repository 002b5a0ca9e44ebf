/** Width of a node that nobody resized, in canvas units. */
export const nodeWidth = 248;
