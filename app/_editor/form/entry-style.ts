/** The look of a one-line entry. */
export const entry =
  'nodrag h-7 w-full min-w-0 rounded-md border border-border bg-background px-2 text-xs hover:border-input focus:border-ring disabled:opacity-60';
