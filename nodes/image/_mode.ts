/** How a picture is sampled again. */
import { z } from 'zod';

export const modeParam = z
  .enum(['area', 'bicubic', 'bilinear', 'nearest'])
  .default('area')
  .meta({ widget: 'select', label: 'Mode' });
