// Canonical CBOR of what tests make or take apart: numbers, byte strings, texts, truth, absence, lists.

function head(major, value) {
  const n = BigInt(value);
  if (n < 24n) return Buffer.of((major << 5) | Number(n));
  const width = n < 2n ** 8n ? 1 : n < 2n ** 16n ? 2 : n < 2n ** 32n ? 4 : 8;
  const info = 24 + Math.log2(width);
  return Buffer.concat([Buffer.of((major << 5) | info), Buffer.from(n.toString(16).padStart(2 * width, "0"), "hex")]);
}

export function encode(item) {
  if (item === null) return Buffer.of(0xf6);
  if (typeof item === "boolean") return Buffer.of(item ? 0xf5 : 0xf4);
  if (typeof item === "number" || typeof item === "bigint") return item < 0 ? head(1, -1n - BigInt(item)) : head(0, item);
  if (typeof item === "string") return Buffer.concat([head(3, Buffer.byteLength(item)), Buffer.from(item)]);
  if (item instanceof Uint8Array) return Buffer.concat([head(2, item.length), item]);
  return Buffer.concat([head(4, item.length), ...item.map(encode)]);
}

/** Reads what {@link encode} writes. */
export function decode(bytes) {
  let at = 0;
  const next = () => {
    const first = bytes[at++];
    const [major, info] = [first >> 5, first & 0x1f];
    if (major === 7) return [false, true, null][info - 20];
    const width = info < 24 ? 0 : 1 << (info - 24);
    const value = width === 0 ? BigInt(info) : BigInt(`0x${Buffer.from(bytes.subarray(at, at + width)).toString("hex")}`);
    at += width;
    if (major < 2) return Number.isSafeInteger(Number(value)) ? (major === 1 ? -1 - Number(value) : Number(value)) : major === 1 ? -1n - value : value;
    if (major === 4) return Array.from({ length: Number(value) }, next);
    const part = bytes.slice(at, (at += Number(value)));
    return major === 3 ? Buffer.from(part).toString() : part;
  };
  return next();
}
