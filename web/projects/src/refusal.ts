// Why what a user opens is refused, and how much of it is taken.

/** Bytes of one project, unpacked. */
const MAX_BYTES = 64 * 1000 * 1000;
/** Files of one project. */
const MAX_FILES = 2000;

/** Something cannot be opened; nothing of it was. The page has a sentence for each `name`. */
export class Refusal extends Error {
  constructor(
    name:
      | "TooManyBytes"
      | "TooManyFiles"
      | "Outside"
      | "BadPath"
      | "Clash"
      | "Encrypted"
      | "Damaged"
      | "UnknownKind"
      | "Unreadable"
      | "Empty"
      | "BadLink"
      | "NewerLink",
    /** The path, the file, or the limit it is about. */
    readonly detail = "",
    cause?: unknown,
  ) {
    super(name, { cause });
    this.name = name;
  }
}

/** A file that was read. */
export interface ReadFile {
  path: string;
  content: Uint8Array;
  executable: boolean;
}

/** What was found in a folder or an archive. */
export interface Found {
  /** What the project could be called. */
  name: string;
  files: ReadFile[];
  /** Paths that cannot be taken, with the kind of what is there: `symlink`, `git`, `device`. */
  left: { path: string; kind: string }[];
  /** Whether it was said which files are executable. */
  modes: boolean;
}

/** Counts what is read against the limits, so that no archive can fill the memory. */
export class Reading {
  readonly files: ReadFile[] = [];
  readonly left: Found["left"] = [];
  private bytes = 0;
  private entries = 0;

  constructor(private readonly progress: (bytes: number) => void) {}

  /** Announces an entry; answers its path without `./` and a final slash, or nothing for a folder's root. */
  path(name: string): string | undefined {
    const path = name.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
    if (path === "" || path === ".") return undefined;
    if (name.startsWith("/") || name.startsWith("\\") || /^[A-Za-z]:[\\/]/.test(name)) throw new Refusal("Outside", name);
    const parts = path.split("/");
    if (parts.includes("..")) throw new Refusal("Outside", name);
    const isBad = (part: string) =>
      part === "" || part === "." || /[\u0000-\u001f\u007f-\u009f\\]/.test(part) || new TextEncoder().encode(part).length > 255;
    if (parts.some(isBad)) throw new Refusal("BadPath", name);
    return path;
  }

  /** Counts an entry that is no folder; whether its content is wanted. */
  wants(path: string): boolean {
    // What Git keeps is not the user's files, and large.
    if (path.split("/").includes(".git")) {
      this.leave(path, "git");
      return false;
    }
    this.entries += 1;
    if (this.entries > MAX_FILES) throw new Refusal("TooManyFiles", String(MAX_FILES));
    return true;
  }

  /** Notes what is left out. */
  leave(path: string, kind: string): void {
    if (this.left.length < 10 * MAX_FILES) this.left.push({ path, kind });
  }

  /** Counts bytes that were read. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_BYTES) throw new Refusal("TooManyBytes", String(MAX_BYTES));
    this.progress(this.bytes);
  }

  /** Reads a stream to its end. */
  async drain(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.count(value.length);
      chunks.push(value);
    }
    return joined(chunks);
  }

  /** What was found, under `name`; a folder that holds all of it is taken off. */
  end(name: string, modes: boolean): Found {
    const files = new Map<string, ReadFile>();
    // As in a tar: what comes later replaces what came before.
    for (const file of this.files) files.set(file.path, file);
    if (files.size === 0) throw new Refusal("Empty", name);
    const paths = [...files.keys()];
    const clash = paths.find((path) => parents(path).some((parent) => files.has(parent)));
    if (clash) throw new Refusal("Clash", clash);
    const top = `${paths[0]?.split("/")[0]}/`;
    const isWrapped = !files.has("Dockerfile") && paths.every((path) => path.startsWith(top));
    const strip = (path: string) => (isWrapped && path.startsWith(top) ? path.slice(top.length) : path);
    return {
      name: isWrapped ? top.slice(0, -1) : name,
      files: [...files.values()].map((file) => ({ ...file, path: strip(file.path) })),
      left: this.left.map(({ path, kind }) => ({ path: strip(path), kind })),
      modes,
    };
  }
}

export function joined(chunks: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function parents(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join("/"));
}
