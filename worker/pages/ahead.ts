/**
 * Reads a page a little ahead of the rewriter, which believes that elements end by their end tags alone and keeps every open one: where a page is more
 * than it can hold, the rest goes by as it is; where an element's end is no plain one, or is not in sight, it is marked, and its text left alone.
 */
import { joined } from './bytes.ts';
import { ENDS_PARAGRAPH, ENDS_SIBLING, HOLDS_SIBLINGS, isHeading, NOT_IN_ITSELF, RAW, VOID } from './elements.ts';
import { MARK_NO_PLAIN_END } from './marks.ts';

/** Elements that nothing has ended: the rewriter's memory takes some 10,000. Pages of legal HTML come here by omitted end tags, in long lists. */
export const MAX_OPEN_ELEMENTS = 4_000;
/** One tag, with an image in an attribute: the rewriter keeps it until it is whole, and has some 3 MB. */
export const MAX_TAG_BYTES = 1_048_576;
/** How far an element's end is looked for: so much is kept back at most, and so much hidden at most where a browser sees another end. */
export const MAX_OWN_BYTES = 16_384;

const OURS = /\sdata-hyperedge(-part)?[\s=/>]/i;
const [LESS, MORE, SLASH, EQUALS, BANG, QUESTION, DASH, DOUBLE, SINGLE] = [60, 62, 47, 61, 33, 63, 45, 34, 39];
const isLetter = (byte: number | undefined): boolean => byte !== undefined && (byte | 32) >= 97 && (byte | 32) <= 122;
const isSpace = (byte: number | undefined): boolean => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
const endsName = (byte: number | undefined): boolean => isSpace(byte) || byte === SLASH || byte === MORE;

/** An element that may be filled, and whose end is looked for. Places count from the page's begin. */
interface Look {
  readonly name: string;
  readonly from: number;
  readonly nameEnd: number;
  /** How many elements were open around it. */
  readonly depth: number;
}

/** What may go on: pieces in their order; `rest`, where the rewriter is to end before it. */
export interface Passed {
  readonly pieces: readonly Uint8Array[];
  readonly rest?: Uint8Array;
}

const MARK = new TextEncoder().encode(` ${MARK_NO_PLAIN_END}`);

/** One page, read as its pieces come. Takes every encoding in which markup is ASCII. */
export class Ahead {
  #buffer: Uint8Array = new Uint8Array();
  /** Where the buffer begins, and what has been read of it. */
  #base = 0;
  #at = 0;
  #mode: 'text' | 'tag' | 'comment' | 'bogus' | 'raw' = 'text';
  /** In a tag: where it began, what of its value is open, and whether it may be ours. */
  #from = 0;
  #value: 'none' | 'before' | 'bare' | typeof DOUBLE | typeof SINGLE = 'none';
  #maybeOurs = false;
  #rawName = '';
  /** As the rewriter has it: names of open elements, and how many there are of each. */
  readonly #open: string[] = [];
  readonly #counts = new Map<string, number>();
  /** Depth of the open paragraph as browsers have it; -1: none. */
  #paragraph = -1;
  #looks: Look[] = [];
  #marks: number[] = [];
  #cutAt: number | undefined;

  /** The page's next piece. After a `rest` nothing more is read. */
  read(piece: Uint8Array): Passed {
    if (this.#buffer.length === 0) this.#buffer = piece;
    else this.#buffer = joined(this.#buffer, piece);
    const keepFrom = this.#scan();
    const isFar = this.#looks[0] && this.#base + this.#at - this.#looks[0].from > MAX_OWN_BYTES;
    if (isFar) this.#giveUp();
    if (this.#cutAt !== undefined) {
      this.#giveUp();
      return { pieces: this.#pass(this.#cutAt), rest: this.#buffer };
    }
    return { pieces: this.#pass(Math.min(this.#base + keepFrom, this.#looks[0]?.from ?? Number.POSITIVE_INFINITY)) };
  }

  /** Whether something waits for the end of an element. */
  get waits(): boolean {
    return this.#looks.length > 0;
  }

  /** Nothing came for a while: ends that are not in sight by now are not waited for. */
  letGo(): readonly Uint8Array[] {
    const { from } = this.#looks[0] ?? { from: this.#base };
    this.#giveUp();
    // A tag that is not whole stays.
    return this.#pass(Math.max(from, this.#base + this.#keepFrom(this.#at)));
  }

  /** The page is through. */
  end(): readonly Uint8Array[] {
    this.#looks = [];
    return this.#pass(this.#base + this.#buffer.length);
  }

  #giveUp(): void {
    for (const { nameEnd } of this.#looks) this.#marks.push(nameEnd);
    this.#looks = [];
  }

  /** Hands on what is before a place, with its marks. */
  #pass(until: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    const put = (to: number): void => {
      const size = to - this.#base;
      if (size <= 0) return;
      pieces.push(this.#buffer.subarray(0, size));
      this.#buffer = this.#buffer.subarray(size);
      this.#at -= size;
      this.#from -= size;
      this.#base = to;
    };
    this.#marks.sort((a, b) => a - b);
    while (this.#marks[0] !== undefined && this.#marks[0] <= until) {
      put(this.#marks.shift()!);
      pieces.push(MARK);
    }
    put(until);
    return pieces;
  }

  /** What the buffer must keep when it has been read up to a place. */
  #keepFrom(at: number): number {
    if (this.#mode === 'tag') return this.#from;
    // The end of a comment may have begun.
    return this.#mode === 'comment' ? Math.max(0, at - 3) : at;
  }

  /** Reads on; returns from where on the buffer must be kept. */
  #scan(): number {
    const { length } = this.#buffer;
    while (this.#at < length && this.#cutAt === undefined) {
      const before = this.#at;
      const mode = this.#mode;
      this.#step();
      if (this.#at === before && this.#mode === mode) return before; // needs more bytes
    }
    if (this.#mode === 'tag' && length - this.#from > MAX_TAG_BYTES) this.#cutAt = this.#base + this.#from;
    return this.#keepFrom(this.#at);
  }

  #step(): void {
    if (this.#mode === 'tag') this.#tag();
    else if (this.#mode === 'text') this.#text();
    else this.#untilEnd();
  }

  /** Of what is neither text nor a tag. */
  #untilEnd(): void {
    const buffer = this.#buffer;
    const found = buffer.indexOf(this.#mode === 'raw' ? LESS : MORE, this.#at);
    if (found < 0) {
      this.#at = buffer.length;
      return;
    }
    if (this.#mode === 'raw') {
      this.#raw(found);
      return;
    }
    this.#at = found + 1;
    const dashes = buffer[found - 1] === BANG ? found - 2 : found - 1;
    if (this.#mode === 'bogus' || (buffer[dashes] === DASH && buffer[dashes - 1] === DASH)) this.#mode = 'text';
  }

  #text(): void {
    const buffer = this.#buffer;
    const at = buffer.indexOf(LESS, this.#at);
    this.#at = at < 0 ? buffer.length : at;
    if (at < 0 || at + 3 >= buffer.length) return;
    const next = buffer[at + 1]!;
    if (isLetter(next) || (next === SLASH && isLetter(buffer[at + 2]))) {
      this.#mode = 'tag';
      this.#from = at;
      this.#value = 'none';
      this.#maybeOurs = false;
      this.#at = at + 2;
    } else if (next === BANG && buffer[at + 2] === DASH && buffer[at + 3] === DASH) {
      this.#mode = 'comment';
      this.#at = at + 4;
    } else if (next === BANG || next === QUESTION || (next === SLASH && buffer[at + 2] !== MORE)) {
      this.#mode = 'bogus';
      this.#at = at + 2;
    } else this.#at = at + 1;
  }

  #raw(at: number): void {
    const buffer = this.#buffer;
    const end = at + 2 + this.#rawName.length;
    this.#at = at;
    if (end >= buffer.length) return;
    this.#at = at + 1;
    if (buffer[at + 1] !== SLASH || !endsName(buffer[end]) || this.#nameAt(at + 2, end) !== this.#rawName) return;
    this.#mode = 'text';
    this.#at = at;
  }

  #nameAt(from: number, to: number): string {
    let name = '';
    for (let at = from; at < to; at += 1) {
      const byte = this.#buffer[at]!;
      name += String.fromCharCode(byte >= 65 && byte <= 90 ? byte | 32 : byte);
    }
    return name;
  }

  /** Reads on in a tag: its end is the first `>` outside of quotes that begin a value. */
  #tag(): void {
    const buffer = this.#buffer;
    let value = this.#value;
    for (let at = this.#at; at < buffer.length; at += 1) {
      const byte = buffer[at]!;
      if (value === DOUBLE || value === SINGLE) {
        if (byte === value) value = 'none';
      } else if (byte === MORE) {
        this.#at = at + 1;
        this.#mode = 'text';
        this.#whole(at);
        return;
      } else if (isSpace(byte)) {
        if (value === 'bare') value = 'none';
      } else if (value === 'before') value = byte === DOUBLE || byte === SINGLE ? byte : 'bare';
      else if (byte === EQUALS && value === 'none') value = 'before';
      // "-hy": a decoder for each tag would be slow.
      else if ((byte | 32) === 121 && (buffer[at - 1]! | 32) === 104 && buffer[at - 2] === DASH) this.#maybeOurs = true;
    }
    this.#value = value;
    this.#at = buffer.length;
  }

  #whole(end: number): void {
    if (end - this.#from > MAX_TAG_BYTES) {
      this.#cutAt = this.#base + this.#from;
      return;
    }
    const isEnd = this.#buffer[this.#from + 1] === SLASH;
    const nameFrom = this.#from + (isEnd ? 2 : 1);
    let nameEnd = nameFrom;
    while (!endsName(this.#buffer[nameEnd])) nameEnd += 1;
    const name = this.#nameAt(nameFrom, nameEnd);
    if (isEnd) this.#ended(name);
    else this.#began(name, nameEnd, end);
  }

  #began(name: string, nameEnd: number, end: number): void {
    this.#settle((look) => this.#endedBefore(look, name));
    if (ENDS_PARAGRAPH.has(name)) this.#paragraph = -1;
    const isForeign = (this.#counts.get('svg') ?? 0) + (this.#counts.get('math') ?? 0) > 0;
    if (VOID.has(name) || (isForeign && this.#buffer[end - 1] === SLASH)) return;
    if (this.#open.length >= MAX_OPEN_ELEMENTS) {
      this.#cutAt = this.#base + this.#from;
      return;
    }
    if (name === 'p') this.#paragraph = this.#open.length;
    const depth = this.#open.push(name) - 1;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (RAW.has(name) && !isForeign) {
      this.#mode = 'raw';
      this.#rawName = name;
    } else if (this.#maybeOurs && OURS.test(new TextDecoder('latin1').decode(this.#buffer.subarray(nameEnd, end + 1))))
      this.#looks.push({ name, from: this.#base + this.#from, nameEnd: this.#base + nameEnd, depth });
  }

  /** What the begin of another element says of one: it ends plainly, is ended where the rewriter does not see it, or goes on. */
  #endedBefore({ name, depth }: Look, next: string): 'plain' | 'hidden' | undefined {
    if (isHeading(name) && isHeading(next)) return 'hidden';
    if (name === next && NOT_IN_ITSELF.has(name)) return 'hidden';
    if (this.#paragraph >= 0 && ENDS_PARAGRAPH.has(next)) {
      // The rewriter's handlers know of paragraphs.
      if (depth === this.#paragraph) return 'plain';
      if (depth > this.#paragraph) return 'hidden';
    }
    if (ENDS_SIBLING.has(next) && !this.#open.slice(depth).some((one) => HOLDS_SIBLINGS.has(one))) return 'hidden';
    return undefined;
  }

  #ended(name: string): void {
    if (isHeading(name)) this.#settle((look) => (isHeading(look.name) && look.name !== name ? 'hidden' : undefined));
    if (name === 'p') this.#paragraph = -1;
    if (!this.#counts.get(name)) return;
    for (let last: string | undefined; last !== name; ) {
      last = this.#open.pop()!;
      this.#counts.set(last, this.#counts.get(last)! - 1);
    }
    if (this.#paragraph >= this.#open.length) this.#paragraph = -1;
    this.#settle(({ depth }) => (depth >= this.#open.length ? 'plain' : undefined));
  }

  #settle(judge: (look: Look) => 'plain' | 'hidden' | undefined): void {
    if (this.#looks.length === 0) return;
    this.#looks = this.#looks.filter((look) => {
      const verdict = judge(look);
      if (verdict === 'hidden' || (verdict && this.#base + this.#at - look.from > MAX_OWN_BYTES))
        this.#marks.push(look.nameEnd);
      return verdict === undefined;
    });
  }
}
