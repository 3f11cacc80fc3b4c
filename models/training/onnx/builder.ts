/** A graph that grows node by node, with names that nobody has to make up. */
import type { Attribute, GraphNode, ModelGraph, Tensor } from './graph.ts';

type Attributes = Readonly<Record<string, Attribute>>;

export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants: Tensor[] = [];

  /** Adds a node. @returns the name of what it gives. */
  node(op: string, inputs: readonly string[], attributes?: Attributes, domain?: 'ai.onnx.ml'): string {
    return this.#add(op, inputs, `${op}_${this.#nodes.length}`, attributes, domain);
  }

  /** Adds a node whose output has a name of its own, as outputs of the model have. */
  named(op: string, inputs: readonly string[], output: string, attributes?: Attributes): string {
    return this.#add(op, inputs, output, attributes);
  }

  /** Adds constant numbers of 32 bits. @returns their name. */
  floats(dims: readonly number[], values: ArrayLike<number>): string {
    const name = `constant_${this.#constants.length}`;
    this.#constants.push({ name, type: 'float', dims, values });
    return name;
  }

  /** @param outputs names, each rows × `columns` */
  finish(
    name: string,
    input: { readonly name: string; readonly width: number },
    outputs: readonly string[],
    columns = 1,
  ): ModelGraph {
    return {
      name,
      nodes: this.#nodes,
      initializers: this.#constants,
      inputs: [{ name: input.name, type: 'float', dims: ['rows', input.width] }],
      outputs: outputs.map((output) => ({ name: output, type: 'float', dims: ['rows', columns] })),
    };
  }

  #add(op: string, inputs: readonly string[], output: string, attributes?: Attributes, domain?: 'ai.onnx.ml'): string {
    this.#nodes.push({
      op,
      name: output,
      inputs,
      outputs: [output],
      ...(domain && { domain }),
      ...(attributes && { attributes }),
    });
    return output;
  }
}
