// The draws of NumPy's `default_rng(seed)`: PCG64, seeded through SeedSequence.

const MASK_64 = (1n << 64n) - 1n;
const MASK_128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const POOL = 4; // words of 32 bits

/** A generator of random numbers. */
export class Generator {
  #state;
  #increment;

  /** @param {number} seed A whole number from 0 to 2 ** 32 - 1. */
  constructor(seed) {
    const [high, low, streamHigh, streamLow] = seedWords(seed);
    this.#increment = (((streamHigh << 65n) | (streamLow << 1n)) | 1n) & MASK_128;
    this.#state = this.#increment; // one step from 0
    this.#state = (this.#state + ((high << 64n) | low)) & MASK_128;
    this.#step();
  }

  #step() {
    this.#state = (this.#state * MULTIPLIER + this.#increment) & MASK_128;
  }

  /** 64 random bits, as a BigInt. */
  bits() {
    this.#step();
    const folded = (this.#state >> 64n) ^ (this.#state & MASK_64);
    const turn = this.#state >> 122n;
    return ((folded >> turn) | (folded << (64n - turn))) & MASK_64;
  }

  /** A number from 0 up to 1, which is never drawn. */
  random() {
    return Number(this.bits() >> 11n) / 2 ** 53;
  }

  /** One of the places of a list, by their chances. */
  choice(chances) {
    let sum = 0;
    const sums = Array.from(chances, (chance) => (sum += chance));
    const drawn = this.random();
    const place = sums.findIndex((each) => each / sum > drawn);
    return place < 0 ? sums.length - 1 : place;
  }
}

/** The first four words of 64 bits that SeedSequence(seed) gives. */
function seedWords(seed) {
  const times = (left, right) => Math.imul(left, right) >>> 0;
  let constant = 0x43b0d7e5;
  const hashed = (given) => {
    let value = (given ^ constant) >>> 0;
    constant = times(constant, 0x931e8875);
    value = times(value, constant);
    return (value ^ (value >>> 16)) >>> 0;
  };
  const mixed = (left, right) => {
    const value = (times(0xca01f9dd, left) - times(0x4973f715, right)) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const pool = Array.from({ length: POOL }, (_, at) => hashed(at === 0 ? seed >>> 0 : 0));
  for (let source = 0; source < POOL; source += 1) {
    for (let target = 0; target < POOL; target += 1) {
      if (source !== target) pool[target] = mixed(pool[target], hashed(pool[source]));
    }
  }
  let last = 0x8b51f9dd;
  const state = Array.from({ length: 2 * POOL }, (_, at) => {
    let value = (pool[at % POOL] ^ last) >>> 0;
    last = times(last, 0x58f38ded);
    value = times(value, last);
    return BigInt((value ^ (value >>> 16)) >>> 0);
  });
  return Array.from({ length: POOL }, (_, at) => state[2 * at] | (state[2 * at + 1] << 32n));
}
