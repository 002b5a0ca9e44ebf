export { ChoiceOverlay } from './ChoiceOverlay';
export { MenuAt, MenuOverlay } from './MenuOverlay';
export { PanelOverlay } from './PanelOverlay';
export { TipOverlay } from './TipOverlay';
