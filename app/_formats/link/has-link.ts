/** Whether an address or fragment carries a document (see link.ts, which is fetched only then). */
export const hasLink = (address: string): boolean => /#loom=/.test(address);
