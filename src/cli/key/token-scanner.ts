import { parseToken, TOKEN_LENGTH } from "../../kernel/token";

/** A token of ours in a text: right in form and checksum. */
export interface FoundToken {
  readonly token: string;
  /** Both from 1. A column is one character of UTF-8. */
  readonly line: number;
  readonly column: number;
  /** From 0, in bytes. */
  readonly offset: number;
}

const BEGINNING = /lk_(?:live|sess|rset)_/g;

/**
 * Finds tokens in a text that comes in pieces of any size. Each piece has one character a byte (latin1), so that any file can be
 * searched, text or not, and nothing depends on where a piece ends: what could be the beginning of a token is kept for the next.
 */
export class TokenScanner {
  private kept = "";
  /** Place of the first kept character. */
  private line = 1;
  private column = 1;
  private offset = 0;

  *feed(piece: string): Generator<FoundToken> {
    const text = this.kept + piece;
    let reached = 0;
    const goTo = (at: number): void => {
      this.count(text, reached, at);
      reached = at;
    };
    BEGINNING.lastIndex = 0;
    const starts = [...text.matchAll(BEGINNING)].map(({ index }) => index);
    for (const start of starts) {
      const token = text.slice(start, start + TOKEN_LENGTH);
      if (parseToken(token) === null) continue;
      goTo(start);
      yield { token, line: this.line, column: this.column, offset: this.offset };
    }
    goTo(Math.max(reached, text.length - TOKEN_LENGTH + 1));
    this.kept = text.slice(reached);
  }

  private count(text: string, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) {
        this.line += 1;
        this.column = 1;
      } else if ((code & CONTINUATION_MASK) !== CONTINUATION) {
        this.column += 1;
      }
    }
    this.offset += to - from;
  }
}

const LINE_FEED = 0x0a;
/** The second and later bytes of a character in UTF-8 (RFC 3629): 10xxxxxx. */
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;
