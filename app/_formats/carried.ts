/** What a drop or paste carries. */
export interface Carried {
  readonly files: readonly File[];
  readonly text: string;
}

/** Takes everything out of a drop or paste; the browser empties it when the event is over. Files win over text, since a browser gives both for a picture. */
export const carriedBy = (data: DataTransfer): Carried => ({
  files: [...data.files],
  text: data.getData('text/uri-list') || data.getData('text/plain'),
});
