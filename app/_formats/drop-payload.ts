/** What a drop or paste carries. */
export interface DropPayload {
  readonly files: readonly File[];
  readonly text: string;
}

/** Takes everything out of a drop or paste; the browser empties it when the event is over. Files win over text, since a browser gives both for a picture. */
export const dropPayloadOf = (data: DataTransfer): DropPayload => ({
  files: [...data.files],
  text: data.getData('text/uri-list') || data.getData('text/plain'),
});
