/**
 * Menus, selects and panels are Base UI's as they are, mounted from the first press on: a canvas has hundreds of
 * triggers, and an untouched page needs none of the code. It is fetched at the first interaction.
 */
import { lazy } from 'react';
import { firstInteraction } from './first-interaction';

const menu = () => import('./MenuOverlay');
const panel = () => import('./PanelOverlay');
const select = () => import('./SelectOverlay');

export const MenuOverlay = lazy(() => menu().then((module) => ({ default: module.MenuOverlay })));
export const PanelOverlay = lazy(() => panel().then((module) => ({ default: module.PanelOverlay })));
export const SelectOverlay = lazy(() => select().then((module) => ({ default: module.SelectOverlay })));

/** Fetches their code once somebody is there. A failed fetch shows when one is opened. */
export const preloadOverlays = (): Promise<void> =>
  firstInteraction()
    .then(() => Promise.all([menu(), panel(), select()]))
    .then(
      () => undefined,
      () => undefined,
    );
