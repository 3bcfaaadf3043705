// What the page needs for its projects. The page finds this in the global `layerlabProjects`;
// `web/app/src/browser/library.rs` and `web/app/src/browser/archive.rs` are the other side.
//
// Only the store comes with the page; everything else is fetched when it is first used.

import type { Picked } from "./folder";
import type { Found, ReadFile } from "./refusal";
import * as store from "./store";

const api = {
  ...store,

  /** All examples, as JSON. */
  examples: async (): Promise<string> => (await import("./examples")).text,

  /** What was dropped; to be called before the event is over. */
  dropped(transfer: DataTransfer): Picked {
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    return entries.length > 0 ? { kind: "entries", entries } : { kind: "files", files: [...transfer.files] };
  },

  /** What was chosen in a file field. */
  picked: (list: FileList): Picked => ({ kind: "files", files: [...list] }),

  /** The files in it; `progress` hears the bytes that have been read. */
  open: async (picked: Picked, progress: (bytes: number) => void): Promise<Found> =>
    (await import("./open")).open(picked, progress),

  /** A zip of these files. */
  zip: async (folder: string, files: ReadFile[]): Promise<Blob> => (await import("./open")).writeZip(folder, files),

  /** A text for a link. */
  pack: async (text: string): Promise<string> => (await import("./share")).pack(text),

  /** The text of a link. */
  unpack: async (packed: string): Promise<string> => (await import("./share")).unpack(packed),

  /** Gives the user a file. */
  download(content: Blob, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
};

declare global {
  var layerlabProjects: typeof api;
}

globalThis.layerlabProjects = api;
