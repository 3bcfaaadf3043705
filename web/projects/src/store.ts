// The user's projects in IndexedDB.
//
// A project is a head and its files, so that a keystroke writes one file and a list reads none.
// Every save names the stamp of the head that it builds on: two tabs with the same project cannot
// overwrite each other without noticing.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** Raised when an older page could not read what this one writes. */
const FORMAT = 2;
/** How long a deleted project can come back, in milliseconds. */
const KEPT = 60 * 60 * 1000;

/** What is known of a project without its files. */
export interface Head {
  id: string;
  format: number;
  name: string;
  /** The file in the editor. */
  open: string;
  /** Where it came from; what it holds is the page's business. */
  origin: unknown;
  untouched: boolean;
  files: number;
  bytes: number;
  /** Milliseconds since 1970. */
  changed: number;
  /** Counts the saves. */
  stamp: number;
  /** When it was deleted. */
  deleted?: number;
}

export interface StoredFile {
  path: string;
  /** Text that can be edited, or bytes. */
  content: string | Uint8Array;
  executable: boolean;
}

interface Schema extends DBSchema {
  heads: { key: string; value: Head };
  files: { key: [string, string]; value: StoredFile };
}

/** Why something could not be kept; the page finds the reason in `name`. */
class StoreError extends Error {
  constructor(name: "Unavailable" | "Full" | "Conflict" | "Missing" | "Unreadable", cause?: unknown) {
    super(name, { cause });
    this.name = name;
  }
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("layerlab", 1, {
    upgrade(db) {
      db.createObjectStore("heads", { keyPath: "id" });
      db.createObjectStore("files");
    },
    // A page of a later version wants to change the store: it must not wait for this one.
    blocking: (_from, _to, event) => {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated: () => {
      opened = undefined;
    },
  }).catch((cause: unknown) => {
    opened = undefined;
    throw new StoreError("Unavailable", cause);
  });
  return opened;
}

/** The last stamps that this page has read or written. */
const stamps = new Map<string, number>();
/** Writes go one after the other: each builds on the stamp of the one before. */
let last: Promise<unknown> = Promise.resolve();

function queued<T>(write: () => Promise<T>): Promise<T> {
  const next = last.then(write);
  last = next.catch(() => undefined);
  return next;
}

/** The keys of a project's files. */
const within = (id: string) => IDBKeyRange.bound([id], [id, []]);

function isReadable(head: Head): boolean {
  return head.format === FORMAT && typeof head.name === "string" && typeof head.stamp === "number";
}

/** The heads of all projects, as JSON; of those that this version cannot read only what it needs. */
export async function list(): Promise<string> {
  const db = await database();
  const heads = (await db.getAll("heads")).filter((head) => head.deleted === undefined);
  return JSON.stringify(
    heads.map((head) => ({
      id: head.id,
      name: typeof head.name === "string" ? head.name : head.id,
      files: Number(head.files) || 0,
      bytes: Number(head.bytes) || 0,
      changed: Number(head.changed) || 0,
      readable: isReadable(head),
    })),
  );
}

/** A project: its head as JSON, and its files. */
export async function load(id: string): Promise<{ head: string; files: StoredFile[] }> {
  const db = await database();
  const transaction = db.transaction(["heads", "files"]);
  const head = await transaction.objectStore("heads").get(id);
  if (!head || head.deleted !== undefined) throw new StoreError("Missing");
  if (!isReadable(head)) throw new StoreError("Unreadable");
  stamps.set(id, head.stamp);
  return { head: JSON.stringify(head), files: await transaction.objectStore("files").getAll(within(id)) };
}

/**
 * Saves a head, given as JSON, and the files that differ from those there are; `whole` if all are
 * given, and any other is to go.
 */
export function save(json: string, put: StoredFile[], remove: string[], whole: boolean): Promise<void> {
  return queued(async () => {
    try {
      return await write(json, put, remove, whole);
    } catch (error) {
      if (!isQuota(error)) throw error;
      // What was deleted is still there for an undo: room comes before that.
      if ((await purge(0)) === 0) throw new StoreError("Full", error);
    }
    try {
      await write(json, put, remove, whole);
    } catch (error) {
      throw isQuota(error) ? new StoreError("Full", error) : error;
    }
  });
}

async function write(json: string, put: StoredFile[], remove: string[], whole: boolean): Promise<void> {
  const head = JSON.parse(json) as Omit<Head, "stamp" | "format" | "changed">;
  const known = stamps.get(head.id) ?? 0;
  const db = await database();
  const transaction = db.transaction(["heads", "files"], "readwrite");
  // A transaction that fails is seen at its end; its parts must not be reported beside it.
  transaction.done.catch(() => undefined);
  const heads = transaction.objectStore("heads");
  const before = await heads.get(head.id);
  if ((before?.stamp ?? 0) !== known || before?.deleted !== undefined) {
    transaction.abort();
    throw new StoreError("Conflict");
  }
  const files = transaction.objectStore("files");
  if (whole) await files.delete(within(head.id));
  await Promise.all([
    heads.put({ ...head, format: FORMAT, stamp: known + 1, changed: Date.now() }),
    ...put.map((file) => files.put(file, [head.id, file.path])),
    ...remove.map((path) => files.delete([head.id, path])),
    transaction.done,
  ]);
  stamps.set(head.id, known + 1);
}

/** Counts the saves of a project, as far as this page knows. */
export function stampOf(id: string): number {
  return stamps.get(id) ?? 0;
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** Deletes a project so that it can come back. */
export function discard(id: string): Promise<void> {
  return queued(() => mark(id, Date.now()));
}

/** Brings a deleted project back. */
export function restore(id: string): Promise<void> {
  return queued(() => mark(id, undefined));
}

async function mark(id: string, deleted: number | undefined): Promise<void> {
  const db = await database();
  const transaction = db.transaction("heads", "readwrite");
  const head = await transaction.store.get(id);
  if (!head) throw new StoreError("Missing");
  if (deleted === undefined) delete head.deleted;
  else head.deleted = deleted;
  await transaction.store.put(head);
  await transaction.done;
}

/** Removes a project for good. */
export function forget(id: string): Promise<void> {
  return queued(() => erase(id));
}

async function erase(id: string): Promise<void> {
  const db = await database();
  const transaction = db.transaction(["heads", "files"], "readwrite");
  await Promise.all([
    transaction.objectStore("heads").delete(id),
    transaction.objectStore("files").delete(within(id)),
    transaction.done,
  ]);
  stamps.delete(id);
}

/** Removes for good what was deleted some time ago. */
export async function tidy(): Promise<void> {
  await purge(Date.now() - KEPT);
}

/** Removes what was deleted before a time (0: all); answers how many projects it were. */
async function purge(before: number): Promise<number> {
  const db = await database();
  const heads = await db.getAll("heads");
  const old = heads.filter(({ deleted }) => deleted !== undefined && (before === 0 || deleted < before));
  for (const { id } of old) await erase(id);
  return old.length;
}

/** Everything there is of a project, whatever its format, for the user to keep. */
export async function raw(id: string): Promise<Blob> {
  const db = await database();
  const transaction = db.transaction(["heads", "files"]);
  const head: unknown = await transaction.objectStore("heads").get(id);
  const files: unknown = await transaction.objectStore("files").getAll(within(id));
  const bytes = (_key: string, value: unknown) => (value instanceof Uint8Array ? [...value] : value);
  return new Blob([JSON.stringify({ head, files }, bytes, 1)], { type: "application/json" });
}

/** A name for a new project that no other has. */
export function newId(): string {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 10);
}
