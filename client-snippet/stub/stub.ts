/**
 * The inline queue: calls made before the script arrives wait in `hyperedge.q`, in order. Goes into the page's head; the script
 * itself is loaded beside it with `<script async src="…/hyperedge.js" data-key="pk_…">`.
 */
interface QueueFunction {
  (...values: unknown[]): void;
  q?: unknown[];
}

const scope = window as unknown as { hyperedge?: QueueFunction };

scope.hyperedge ||= (...values) => {
  const queue = scope.hyperedge as QueueFunction;
  queue.q = queue.q || [];
  queue.q.push(values);
};

export {};
