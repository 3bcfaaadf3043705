// Lines that were typed, as the arrow keys bring them back; kept for the next visit.

const KEY = "layerlab/terminal-history";
const MOST = 500;

export class History {
  private lines: string[];
  /** Which line is shown; the number of lines for the one that is being typed. */
  private at: number;
  private draft = "";

  constructor() {
    this.lines = read();
    this.at = this.lines.length;
  }

  /** Keeps a line, unless it is empty, begins with a blank, or is the one before. */
  add(line: string): void {
    // Another terminal may have added some.
    this.lines = read();
    if (line.trim() && !line.startsWith(" ") && line !== this.lines.at(-1)) {
      this.lines = [...this.lines, line].slice(-MOST);
      try {
        localStorage.setItem(KEY, JSON.stringify(this.lines));
      } catch {
        // A browser that keeps nothing has a history until the page closes.
      }
    }
    this.at = this.lines.length;
  }

  /** The line before or after the one that is shown; none at the ends. */
  move(by: -1 | 1, shown: string): string | undefined {
    if (this.at === this.lines.length) this.draft = shown;
    const to = this.at + by;
    if (to < 0 || to > this.lines.length) return undefined;
    this.at = to;
    return to === this.lines.length ? this.draft : this.lines[to];
  }

  /** The last line that has this in it, before the `skip` ones that have too. */
  search(part: string, skip: number): string | undefined {
    return this.lines.filter((line) => line.includes(part)).at(-1 - skip);
  }
}

function read(): string[] {
  try {
    const lines: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
  } catch {
    return [];
  }
}
