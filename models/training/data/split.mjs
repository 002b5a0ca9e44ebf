// Which examples are held out. The rule is a hash of the *concept* or the *combination*,
// never of the image, so that nothing of a held-out concept leaks in through another picture.

/** FNV-1a, 32 bits: the same split in every language and on every machine. */
export function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  // FNV's low bits are weak for short strings; one final mix (murmur3's) spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

const percent = (text) => fnv1a(text) % 100;

/**
 * Emoji: 5 % of the concepts are unseen in all four styles; of the others, 6 % of the
 * (concept, style) pairs are unseen: their real images are the ceiling of concept retrieval.
 */
export function emojiSplit(concept, style) {
  if (percent(`concept:${concept}`) < 5) return 'heldout-concept';
  return percent(`pair:${concept}|${style}`) < 6 ? 'heldout-pair' : 'train';
}

/** Avatars: 8 % of the (style, hair type, hair colour) combinations are unseen. */
export function avatarSplit(style, hairType, hairColor) {
  return percent(`avatar:${style}|${hairType}|${hairColor}`) < 8 ? 'heldout-combination' : 'train';
}

/** Photographs carry no combination to hold out: 8 % of the images. */
export const photoSplit = (id) => (percent(`photo:${id}`) < 8 ? 'heldout' : 'train');
