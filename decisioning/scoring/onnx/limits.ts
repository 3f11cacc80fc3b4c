/** How large a model may be: what keeps any file, and any run of it, to a known time and memory. */

/** Bytes of a file: a forest of 1,000 trees × 100 nodes has some 5 MB. */
export const MAX_MODEL_BYTES = 8_388_608;
/** Nodes of a graph: an averaging ensemble has some fifty. */
export const MAX_GRAPH_NODES = 2_000;
/** Inputs of all nodes together: each may be looked for as often as there are nodes, where they stand in no order. */
export const MAX_GRAPH_INPUTS = 8_192;
/** Messages and pieces of bytes in a file, each of which may be two bytes there and some hundred here: a graph of 2,000 nodes has some 20,000. */
export const MAX_MESSAGES = 32_768;
/** Dims of a tensor: rows, columns, and some more that a reshape makes on its way. */
export const MAX_RANK = 8;
/** Numbers of one tensor, 4 or 8 bytes each: as many as the memory of a model holds. */
export const MAX_ELEMENTS = 1_048_576;
/** Bytes that an opened model keeps for its constants and results: an isolate has 128 MB for some dozens of models and everything else. */
export const MAX_MEMORY = 8_388_608;
/** What an array costs beside its numbers, and the function that fills it. */
export const ARRAY_BYTES = 256;
/** Numbers made and multiplied, and steps through trees, for one row: some 20 ms, several times what a decision may take. */
export const MAX_STEPS = 8_388_608;
/** What making one number costs, with a logarithm or a power on the way: as much as some products. */
export const MADE_STEPS = 8;
/** What it keeps: the number, and where it is found in up to three inputs that stretch. */
export const MADE_BYTES = 20;
/** Room for the comparisons of all trees together, two for each, since `=` and sets become pairs of them. */
export const MAX_TREE_NODES = 262_144;
/** Comparisons on the way to a leaf, two for each member of a set: a tree without a limit, grown on a million rows, has some 60. */
export const MAX_TREE_DEPTH = 512;
