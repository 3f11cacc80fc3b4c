/** Purposes of content that need more than consent to be personalized for. */

/** What is asked for beside the channels, so that receipts keep the answer with theirs: no channel's id has a colon. */
export const ADS = 'purpose:ads';
