export { MenuOverlay } from './MenuOverlay';
export { PanelOverlay } from './PanelOverlay';
export { SelectOverlay } from './SelectOverlay';
