/** What of a customer waits in storage for others, besides statistics: looked up once, and known in memory from then on. A decision asks all of it. */

/** What the publisher knows: nothing was ever told, it was told to take the customer, or it has confirmed that it heard. */
export type SampleMark = 'none' | 'told' | 'heard';

export class Waits {
  /** Settlements for ledgers; here and below undefined until storage is asked. */
  settlements: boolean | undefined;
  /** Lines of the decision log. */
  lines: boolean | undefined;
  /** A backlog that the health page shows. */
  reported: boolean | undefined;
  sampled: SampleMark | undefined;

  /** Storage has been made, and is empty. */
  areNone(): void {
    this.settlements = false;
    this.lines = false;
    this.reported = false;
    this.sampled = 'none';
  }

  /** Storage is asked anew: it was emptied, or something may have come there otherwise. */
  forget(): void {
    this.settlements = undefined;
    this.lines = undefined;
    this.reported = undefined;
    this.sampled = undefined;
  }
}
