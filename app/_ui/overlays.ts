'use client';
/** Everything that floats over the page, in one chunk that comes at the first touch. */
import { late } from './late';

export const overlays = late(() => import('./overlays/all'));
