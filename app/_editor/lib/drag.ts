/** The library's drag type: the id of a node type. */
export const dragType = 'application/x-latent-loom-node';
