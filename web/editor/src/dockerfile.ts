// Dockerfile highlighting, with the shell in RUN and the like.
//
// Only colours: what an instruction means is the engine's to say.

import type { StreamParser, StringStream } from "@codemirror/language";
import { shell } from "@codemirror/legacy-modes/mode/shell";

const instructions =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?=\s|$)/i;

/** Instructions whose arguments are a command unless they are a JSON array. */
const commands = new Set(["RUN", "CMD", "ENTRYPOINT"]);

interface State {
  /** The instruction that the line belongs to; empty between instructions. */
  instruction: string;
  /** Nothing of its arguments was seen yet but flags. */
  atStart: boolean;
  /** The arguments are a JSON array. */
  json: boolean;
  /** The character that continues a line. */
  escape: string;
  /** Only comments so far, so that directives count. */
  directives: boolean;
  /** Ends of the here-documents that follow the line. */
  heredocs: string[];
  /** In the text of a here-document. */
  inHeredoc: boolean;
  shell: unknown;
}

function newShell(): unknown {
  return shell.startState?.(2);
}

/** Whether only the escape character and blanks are left of the line. */
function continues(stream: StringStream, state: State): boolean {
  const rest = stream.string.slice(stream.pos).trimEnd();
  return rest === state.escape;
}

function argument(stream: StringStream, state: State): string | null {
  if (stream.match(/^--[a-z-]+(?==|\s|$)/i)) return "propertyName";
  if (stream.match(/^\$(\{[^}]*\}?|\w+|[@*#?$!0-9])/)) return "variableName.special";
  if (stream.match(/^"(\\.|[^"\\])*"?/) || stream.match(/^'[^']*'?/)) return "string";
  if (state.instruction === "FROM" && stream.match(/^AS(?=\s)/i)) return "keyword";
  if ((state.instruction === "ENV" || state.instruction === "LABEL" || state.instruction === "ARG")) {
    if (stream.match(/^[\w.-]+(?==)/)) return "propertyName";
    if (stream.match(/^=/)) return "operator";
  }
  if (state.json && stream.match(/^[[\],]/)) return "punctuation";
  if (!stream.match(/^[^\s"'$[\],=]+/)) stream.next();
  return null;
}

function openHeredoc(stream: StringStream, state: State): boolean {
  const found = stream.match(/^<<-?\s*(["']?)([A-Za-z_][\w.]*)\1/);
  if (!found || found === true) return false;
  state.heredocs.push(found[2] ?? "");
  return true;
}

export const dockerfile: StreamParser<State> = {
  name: "dockerfile",

  startState: () => ({
    instruction: "",
    atStart: true,
    json: false,
    escape: "\\",
    directives: true,
    heredocs: [],
    inHeredoc: false,
    shell: newShell(),
  }),

  copyState: (state) => ({
    ...state,
    heredocs: [...state.heredocs],
    shell: shell.copyState?.(state.shell) ?? structuredClone(state.shell),
  }),

  token(stream, state) {
    if (stream.sol()) {
      if (state.inHeredoc) {
        if (stream.string.trim() === state.heredocs[0]) {
          stream.skipToEnd();
          state.heredocs.shift();
          state.inHeredoc = state.heredocs.length > 0;
          if (!state.inHeredoc) state.instruction = "";
          return "string.special";
        }
        if (state.instruction !== "RUN") {
          stream.skipToEnd();
          return "string";
        }
      } else if (stream.match(/^\s*#.*/)) {
        const directive = state.directives && /^#\s*(syntax|escape|check)\s*=\s*(\S+)/i.exec(stream.string);
        if (directive && directive[1]?.toLowerCase() === "escape") state.escape = directive[2] ?? "\\";
        if (!directive) state.directives = false;
        return directive ? "meta" : "comment";
      }
    }
    if (stream.eatSpace()) return null;

    if (!state.instruction) {
      state.directives = false;
      const found = stream.match(instructions);
      if (found && found !== true) {
        state.instruction = found[0].toUpperCase();
        state.atStart = true;
        state.json = false;
        state.shell = newShell();
        // What ONBUILD carries is an instruction itself, HEALTHCHECK a command behind CMD.
        if (state.instruction === "ONBUILD") state.instruction = "";
        if (stream.eol()) state.instruction = "";
        return "keyword";
      }
      stream.skipToEnd();
      return "invalid";
    }

    let style: string | null;
    if (!state.inHeredoc && continues(stream, state)) {
      stream.skipToEnd();
      return "operator";
    }
    if (state.atStart && stream.match(/^--[a-z-]+/i)) {
      style = "propertyName";
    } else if (state.atStart && stream.match(/^=\S*/)) {
      style = "string";
    } else {
      if (state.atStart) {
        state.atStart = false;
        state.json = stream.peek() === "[";
      }
      const takesHeredoc = /^(RUN|COPY|ADD)$/.test(state.instruction) && !state.inHeredoc;
      if (takesHeredoc && openHeredoc(stream, state)) style = "string.special";
      else if (state.instruction === "HEALTHCHECK" && stream.match(/^(CMD|NONE)(?=\s|$)/i)) {
        state.instruction = "CMD";
        state.atStart = true;
        style = "keyword";
      } else if (commands.has(state.instruction) && !state.json) {
        style = shell.token(stream, state.shell as never);
      } else style = argument(stream, state);
    }
    if (stream.eol() && !state.inHeredoc) {
      if (state.heredocs.length > 0) state.inHeredoc = true;
      else if (!stream.string.trimEnd().endsWith(state.escape)) state.instruction = "";
    }
    return style;
  },

  blankLine(state) {
    // An empty line does not end a continued instruction.
    state.directives = false;
  },

  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["[", '"', "'"] } },
};
