/** How large a model may be: what keeps any file, and any run of it, to a known time and memory. */

/** Bytes of a file: a forest of 1,000 trees × 100 nodes has some 5 MB. */
export const MAX_MODEL_BYTES = 8_388_608;
/** Nodes of a graph: an averaging ensemble has some fifty. */
export const MAX_GRAPH_NODES = 2_000;
/** Dims of a tensor: rows, columns, and some more that a reshape makes on its way. */
export const MAX_RANK = 8;
/** Numbers of one tensor, 4 or 8 bytes each: an isolate has 128 MB for everything. */
export const MAX_ELEMENTS = 4_194_304;
/** Numbers made and multiplied, and steps through trees, for one row: some 20 ms, several times what a decision may take. */
export const MAX_STEPS = 8_388_608;
/** Room for the comparisons of all trees together, two for each, since `=` and sets become pairs of them. */
export const MAX_TREE_NODES = 262_144;
/** Comparisons on the way to a leaf: a tree without a limit, grown on a million rows, has some 60. */
export const MAX_TREE_DEPTH = 512;
