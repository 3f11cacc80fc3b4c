/** Where all tests run: what computes in Node gives way to the pages beside it, whose clocks are real. */
import { getPriority, setPriority } from 'node:os';

/** Below usual, far above what runs when nothing else does. */
const BELOW_USUAL = 5;

if (getPriority() < BELOW_USUAL) setPriority(BELOW_USUAL);
