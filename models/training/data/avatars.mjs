// Avatars with captions, attributes and exact part maps. A second rendering of the same avatar, with every
// part in a key colour, gives the map: no hand labelling and no guess.
import * as collection from '@dicebear/collection';
import { createAvatar } from '@dicebear/core';
import { Resvg } from '@resvg/resvg-js';
import sharp from 'sharp';
import { IMAGE_SIZE, MAP_SIZE } from './pack.mjs';
import { avatarSplit } from './split.mjs';

const COUNTS = { avataaars: 3000, bigSmile: 1400, personas: 1600 };

const BACKGROUNDS = {
  ffffff: 'white', b6e3f4: 'light blue', c0aede: 'lavender', ffd5dc: 'pink', ffdfbf: 'peach', d1f4d9: 'mint', fff3b0: 'yellow',
};
/** Key colour of a part, and its label in the semantic map. Whatever is not near a key is 8, "face features". */
const KEYS = {
  background: ['0000ff', 1], skin: ['ff0000', 2], hair: ['00ff00', 3], clothes: ['ff00ff', 4],
  hat: ['00ffff', 5], facialHair: ['ffff00', 6], glasses: ['ff8000', 7],
};
const FACE_FEATURES = 8;
const KEY_DISTANCE = 110;

const rgb = (hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Linear congruential generator (Numerical Recipes): the data set is the same on every machine. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return { next, pick: (list) => list[Math.floor(next() * list.length)] };
}

/** The colour word a person would use, from hue and lightness. */
function colorWord(hex) {
  const [r, g, b] = rgb(hex).map((v) => v / 255);
  const max = Math.max(r, g, b), min = Math.min(r, g, b), lightness = (max + min) / 2, chroma = max - min;
  if (lightness < 0.2) return 'black';
  if (chroma < 0.12) return lightness > 0.85 ? 'white' : lightness > 0.6 ? 'light gray' : 'gray';
  const sector = max === r ? ((g - b) / chroma + 6) % 6 : max === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
  const hue = sector * 60;
  const name = hue < 18 ? 'red' : hue < 45 ? (lightness < 0.45 ? 'brown' : 'orange') : hue < 70 ? 'yellow'
    : hue < 165 ? 'green' : hue < 195 ? 'teal' : hue < 255 ? 'blue' : hue < 300 ? 'purple' : 'pink';
  return (lightness > 0.78 && name !== 'yellow' ? 'light ' : lightness < 0.33 ? 'dark ' : '') + name;
}

function skinWord(hex) {
  const [r, g] = rgb(hex);
  return r + g > 420 ? 'pale' : r + g > 340 ? 'tan' : r + g > 240 ? 'brown' : 'dark';
}

/** `shortCurly` -> "short curly"; digits and the suffix Natural only tell drawing variants apart. */
const words = (name) => name.replace(/\d+/g, '').replace(/Natural$/, '').replace(/([A-Z])/g, ' $1').toLowerCase().trim();

/** Chooses options for one avatar; `shown` are the real options, `keyed` the same with key colours. */
class Draw {
  constructor(style, random, seed) {
    this.properties = style.schema.properties;
    this.random = random;
    this.shown = { seed };
    this.keyed = { seed };
  }
  color(option, part) {
    const hex = this.random.pick(this.properties[option].default);
    this.shown[option] = [hex];
    this.keyed[option] = [KEYS[part][0]];
    return hex;
  }
  choice(option) {
    const value = this.random.pick(this.properties[option].items.enum ?? this.properties[option].default);
    this.shown[option] = this.keyed[option] = [value];
    return value;
  }
  chance(option, probability) {
    const on = this.random.next() < probability;
    this.shown[`${option}Probability`] = this.keyed[`${option}Probability`] = on ? 100 : 0;
    return on;
  }
  background() {
    const hex = this.random.pick(Object.keys(BACKGROUNDS));
    this.shown.backgroundColor = [hex];
    this.keyed.backgroundColor = [KEYS.background[0]];
    return BACKGROUNDS[hex];
  }
}

/** Each describes one style: draws its options, returns caption parts and the attributes judged later. */
const STYLES = {
  avataaars(draw) {
    const skin = skinWord(draw.color('skinColor', 'skin'));
    const hair = draw.color('hairColor', 'hair'), hat = draw.color('hatColor', 'hat'), clothes = draw.color('clothesColor', 'clothes');
    draw.shown.facialHairColor = [hair];
    draw.keyed.facialHairColor = [KEYS.facialHair[0]];
    const glassesColor = draw.color('accessoriesColor', 'glasses');
    const top = draw.choice('top'), clothing = draw.choice('clothing'), eyes = draw.choice('eyes'), mouth = draw.choice('mouth');
    draw.choice('eyebrows');
    draw.choice('clothingGraphic');
    const glasses = draw.choice('accessories'), beard = draw.choice('facialHair');
    const hasGlasses = draw.chance('accessories', 0.3), hasBeard = draw.chance('facialHair', 0.25), hasTop = draw.chance('top', 0.97);
    draw.shown.style = draw.keyed.style = ['default'];
    const isHat = /hat|hijab|turban/i.test(top);
    const hairType = hasTop ? words(top) : 'bald';
    const hairColor = !hasTop ? null : colorWord(isHat ? hat : hair);
    return {
      parts: ['flat avatar', `${skin} skin`, !hasTop ? 'bald' : isHat ? `${hairColor} ${hairType}` : `${hairColor} ${hairType} hair`,
        `${colorWord(clothes)} ${words(clothing)}`, `${words(eyes)} eyes`, `${words(mouth)} mouth`,
        hasGlasses ? `${colorWord(glassesColor)} ${words(glasses)} glasses` : '', hasBeard ? words(beard) : ''],
      attributes: { skin, hairType, hairColor, clothesType: words(clothing), clothesColor: colorWord(clothes),
        glasses: hasGlasses ? words(glasses) : 'none' },
    };
  },
  bigSmile(draw) {
    const skin = skinWord(draw.color('skinColor', 'skin')), hairColor = colorWord(draw.color('hairColor', 'hair'));
    const hairType = words(draw.choice('hair')), eyes = draw.choice('eyes'), mouth = draw.choice('mouth');
    const accessory = draw.choice('accessories'), hasAccessory = draw.chance('accessories', 0.35);
    return {
      parts: ['big smile avatar', `${skin} skin`, `${hairColor} ${hairType}`, `${words(eyes)} eyes`, words(mouth),
        hasAccessory ? words(accessory) : ''],
      attributes: { skin, hairType, hairColor, glasses: hasAccessory ? words(accessory) : 'none' },
    };
  },
  personas(draw) {
    const skin = skinWord(draw.color('skinColor', 'skin')), hairColor = colorWord(draw.color('hairColor', 'hair'));
    const clothesColor = colorWord(draw.color('clothingColor', 'clothes'));
    const hairType = words(draw.choice('hair')), body = words(draw.choice('body')), eyes = words(draw.choice('eyes'));
    const mouth = words(draw.choice('mouth')), beard = draw.choice('facialHair'), hasBeard = draw.chance('facialHair', 0.25);
    draw.choice('nose');
    return {
      parts: ['persona avatar', `${skin} skin`, `${hairColor} ${hairType} hair`, `${clothesColor} ${body} clothes`,
        `${eyes} eyes`, mouth, hasBeard ? words(beard) : ''],
      attributes: { skin, hairType, hairColor, clothesType: body, clothesColor, glasses: /glasses/.test(eyes) ? eyes : 'none' },
    };
  },
};

const render = (style, options, width) =>
  new Resvg(createAvatar(style, options).toString(), { fitTo: { mode: 'width', value: width } }).render();

function labelMap(pixels) {
  const labels = Buffer.alloc(MAP_SIZE * MAP_SIZE);
  for (let i = 0; i < labels.length; i += 1) {
    let nearest = KEY_DISTANCE ** 2;
    labels[i] = FACE_FEATURES;
    for (const [hex, label] of Object.values(KEYS)) {
      const distance = rgb(hex).reduce((sum, value, c) => sum + (pixels[i * 4 + c] - value) ** 2, 0);
      if (distance < nearest) [nearest, labels[i]] = [distance, label];
    }
  }
  return labels;
}

export async function addAvatars(pack, limit = Infinity) {
  for (const [name, count] of Object.entries(COUNTS)) {
    const random = generator(12345 + name.length);
    for (let i = 0; i < Math.min(count, limit); i += 1) {
      const style = collection[name], draw = new Draw(style, random, `s${i}`);
      const background = draw.background();
      const { parts, attributes } = STYLES[name](draw);
      const image = render(style, draw.shown, IMAGE_SIZE), keyed = render(style, draw.keyed, MAP_SIZE);
      const webp = await sharp(image.asPng()).flatten({ background: '#fff' }).webp({ quality: 82, effort: 5 }).toBuffer();
      const caption = [...parts, `${background} background`].filter(Boolean).join(', ');
      const split = avatarSplit(name, attributes.hairType, attributes.hairColor);
      pack.add({ id: `avatar/${name}/${i}`, class: `avatar:${name}`, caption, style: name, split,
        attributes: { ...attributes, background } }, webp, labelMap(keyed.pixels));
    }
  }
}
