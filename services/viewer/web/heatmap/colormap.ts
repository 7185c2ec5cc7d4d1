/**
 * Each map as 33 colours, evenly spaced, in hexadecimal; between two of them colours are mixed.
 * Sampled from matplotlib's maps of these names: viridis, magma, inferno and cividis are CC0, turbo is
 * Google's, coolwarm is Moreland's diverging map.
 */
const STOPS = {
  viridis:
    '440154470d6048186a482374472d7b4536814240863f49893b528b375a8d33638d2f6a8e2c728e297a8e26818e23898e' +
    '21908c1f988b1f9f8821a68528ae8031b57b3ebc744cc26c5dc9636ece5882d34c96d83fabdc32c0df24d5e21aeae51a' +
    'fde725',
  magma:
    '0000040303110a0822130d331d114628115a36106a430f7650127c5d177f691c817621818226818f2a819c2e7fa9327d' +
    'b63779c33b75cf4170db486ae65163ee5c5ef5695cf9785dfb8761fd9668fea571feb47bfec387fed194fde0a2fceeb0' +
    'fcfdbf',
  inferno:
    '0000040403120b0724150b37210c4a2e0a5a3c09654a0c6b57106d63146e70196e7d1e6d89226a962766a32b61af315c' +
    'bb3755c63e4dd14644db4f3be35932eb6528f1711ef67f14f98d0afb9c06fcab0ffbba1ff9ca32f5d949f2e865f3f586' +
    'fcffa4',
  cividis:
    '00224e00285b002e6a0433711a386f273e6e32436d3b496c434e6c4b546c52596d5a5f6e61656f686a716f7073757676' +
    '7c7b788481798b8778938d789b9376a39a75aba072b3a670bbad6cc3b469ccba64d4c15fddc958e6d051efd748f8df3c' +
    'fee838',
  turbo:
    '30123b392a734040a14456c7466be3467ff64293ff37a7fa29bbec1dcdd818dcc31ee8b031f2994cf97e6bfd648aff4d' +
    'a3fd3cb8f735cced34dee037edd03af8c03afdae35fe982cfb8022f56817ec520fe04009d23105c02302ac1701950d01' +
    '7a0403',
  coolwarm:
    '3b4cc0445acc4d68d75775e16282ea6c8ef1779af782a5fb8db0fe98b9ffa3c2feaec9fcb8d0f9c2d5f4ccd9eed5dbe6' +
    'dddddde5d8d1ecd3c5f1ccb9f4c4adf7bba0f7b194f7a687f49a7bf18d6fec7f63e57058de604dd55042cb3e38c0282f' +
    'b40426',
} as const;

export type Colormap = keyof typeof STOPS;
export const COLORMAPS = Object.keys(STOPS) as Colormap[];

const STEPS = 256;

/** 256 colours, three bytes each. */
export type Palette = Uint8ClampedArray;

export function palette(name: Colormap): Palette {
  const stops = Array.from(STOPS[name].matchAll(/../g), ([byte]) => parseInt(byte, 16));
  const n_stops = stops.length / 3;
  const colours = new Uint8ClampedArray(STEPS * 3);
  for (let step = 0; step < STEPS; step += 1) {
    const position = (step / (STEPS - 1)) * (n_stops - 1);
    const below = Math.min(Math.floor(position), n_stops - 2);
    const weight = position - below;
    for (let channel = 0; channel < 3; channel += 1) {
      const low = stops[below * 3 + channel]!;
      const high = stops[(below + 1) * 3 + channel]!;
      colours[step * 3 + channel] = low + (high - low) * weight;
    }
  }
  return colours;
}

/** Where in a palette a share from 0 to 1 lies; shares outside take the first or last colour. */
export function paletteStep(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1));
}
