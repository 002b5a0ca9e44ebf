/** Records of documents are keyed by what people and files say, `constructor` included: only own keys count. */
export const getOwn = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
