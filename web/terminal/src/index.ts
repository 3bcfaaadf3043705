// What the page calls to show a terminal. Everything behind it is fetched when the first one opens.

import type { Handle, Options } from "./view";

const api = {
  /** Puts a terminal into an element. */
  create: async (parent: HTMLElement, options: Options): Promise<Handle> => {
    const { TerminalView } = await import("./view");
    return new TerminalView(parent, options);
  },
};

declare global {
  var layerlabTerminal: typeof api;
}

globalThis.layerlabTerminal = api;
