// Folders: dropped, or chosen in the browser's dialog.

import { type Found, Reading, Refusal } from "./refusal";

/** What a drop or a dialog gives. */
export type Picked = { kind: "files"; files: File[] } | { kind: "entries"; entries: FileSystemEntry[] };

/** Files of a folder; the browser tells no modes, so what begins with `#!` may be executed. */
export async function readFolder(picked: Picked, progress: (bytes: number) => void): Promise<Found> {
  const reading = new Reading(progress);
  if (picked.kind === "files") {
    for (const file of picked.files) await take(reading, file.webkitRelativePath || file.name, file);
  } else {
    for (const entry of picked.entries) await walk(reading, entry);
  }
  const first = picked.kind === "files" ? picked.files[0]?.name : picked.entries[0]?.name;
  return reading.end((first ?? "").replace(/\.[^.]*$/, "") || "project", false);
}

async function walk(reading: Reading, entry: FileSystemEntry): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isDirectory) {
    if (entry.name === ".git") return reading.leave(path, "git");
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A hundred at most each time, until there are none.
      const entries = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
      if (entries.length === 0) return;
      for (const child of entries) await walk(reading, child);
    }
  }
  const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
  await take(reading, path, file);
}

async function take(reading: Reading, name: string, file: File): Promise<void> {
  const path = reading.path(name);
  if (path === undefined || !reading.wants(path)) return;
  let content;
  try {
    content = await reading.drain(file.stream());
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal("Unreadable", path, error);
  }
  const executable = content[0] === 0x23 && content[1] === 0x21;
  reading.files.push({ path, content, executable });
}
