/** Parameters of blur and sharpening. */
import { z } from 'zod';

export const radiusParam = z
  .int()
  .min(1)
  .max(31)
  .default(1)
  .meta({ widget: 'slider', label: 'Radius', unit: 'px', min: 1, max: 31, step: 1 });
export const sigmaParam = z
  .number()
  .min(0.1)
  .max(10)
  .default(1)
  .meta({ widget: 'slider', label: 'Sigma', min: 0.1, max: 10, step: 0.01 });
