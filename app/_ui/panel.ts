/** What a small panel holds, apart from what draws it. */
import type { ReactElement, ReactNode } from 'react';

export interface DropPanelProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly title: string;
  readonly children: ReactNode;
}
