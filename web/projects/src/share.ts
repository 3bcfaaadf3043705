// A project as text for a link: JSON, deflated, in the letters that URLs take.

import { joined, Refusal } from "./refusal";

/** What a link may unpack to, in bytes. */
const MAX_UNPACKED = 8 * 1000 * 1000;

export async function pack(text: string): Promise<string> {
  const bytes = await pumped(new TextEncoder().encode(text), new CompressionStream("deflate-raw"), Infinity);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export async function unpack(packed: string): Promise<string> {
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const text = await pumped(bytes, new DecompressionStream("deflate-raw"), MAX_UNPACKED);
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal("BadLink", "", error);
  }
}

async function pumped(bytes: Uint8Array<ArrayBuffer>, through: CompressionStream | DecompressionStream, limit: number): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks);
    total += value.length;
    if (total > limit) throw new Refusal("BadLink");
    chunks.push(value);
  }
}
