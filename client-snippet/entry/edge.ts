/** The page script for pages that were filled on their way: it takes the decisions that came with the page, and asks for the others. */
import '../lib/handed.ts';
import './hyperedge.ts';
