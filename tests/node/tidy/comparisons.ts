/** How what only we know is compared with what somebody sent: in a time that tells nothing, and nowhere with `===`. */
import { parseAst } from 'vitest/node';
import { type SyntaxNode, walk } from './code.ts';
import { isTest } from './rules.ts';

/** Rooms that keep secrets. The others run where whoever could measure has what is compared. */
const KEEPERS = /^(worker|durable-objects|db|decisioning)\//;

/**
 * Names of what would be forged: a signature, a proof, a key, a token, and their hashes. Names in capitals are settings of the deployment, compared
 * with themselves; hashes of catalogs and models are names of public texts.
 */
const SECRET_NAME =
  /(^|[a-z])([Mm]acs?|[Hh]mac|[Ss]ignature|[Pp]roof|[Ss]ecret|[Pp]assword|[Tt]oken|[Dd]igest|[Kk]eyHash|[Aa]piKey|[Ss]ecretKey|[Aa]nonymousId)$|^given$/;
/** Functions whose results are secret until somebody sends them. */
const MAKERS = /^(mac|hmac|hmacOf|hmacText|sign|makeProof|siteSecret|hashKey|encodeToken|signPreview)$/;
/** Whatever they are asked of, they end at the first letter that differs. */
const EARLY = /^(includes|startsWith|endsWith|indexOf|lastIndexOf|localeCompare)$/;

/** `a.b.c` → c, `await f(x)` → f's result, `x!` and `x as T` → x. */
function bare(node: SyntaxNode): SyntaxNode {
  const inner = /^(AwaitExpression|TSNonNullExpression|TSAsExpression|ParenthesizedExpression|ChainExpression)$/.test(
    node.type,
  )
    ? ((node.argument ?? node.expression) as SyntaxNode)
    : undefined;
  return inner ? bare(inner) : node;
}

function nameOf(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') return (node.property as { name?: string }).name;
  return node.type === 'Identifier' ? (node.name as string) : undefined;
}

function isSecret(node: SyntaxNode): boolean {
  const what = bare(node);
  if (what.type === 'CallExpression') return MAKERS.test(nameOf(bare(what.callee as SyntaxNode)) ?? '');
  return SECRET_NAME.test(nameOf(what) ?? '');
}

/** Whether something is there at all, or of which kind it is, is no secret. */
function isPlain(node: SyntaxNode): boolean {
  const what = bare(node);
  return what.type === 'Literal' || what.type === 'UnaryExpression' || nameOf(what) === 'undefined';
}

/** Comparisons of secrets that end where two texts first differ: the time they take tells how much of a guess was right. */
export function comparisonFindings(file: string, source: string): string[] {
  if (!KEEPERS.test(file) || isTest(file)) return [];
  const found: string[] = [];
  const tell = ({ start, end }: SyntaxNode): void => {
    const line = source.slice(0, start).split('\n').length;
    found.push(`${file}:${line}: "${source.slice(start, end)}" must be equalInConstantTime or crypto.subtle.verify`);
  };
  walk(parseAst(source, { lang: 'ts' }) as unknown as SyntaxNode, undefined, (node) => {
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator as string)) {
      const sides = [node.left, node.right] as SyntaxNode[];
      if (sides.some(isSecret) && !sides.some(isPlain)) tell(node);
    }
    if (node.type === 'SwitchStatement' && isSecret(node.discriminant as SyntaxNode))
      tell(node.discriminant as SyntaxNode);
    if (node.type !== 'CallExpression') return;
    const callee = bare(node.callee as SyntaxNode);
    const asked = [callee.object, ...(node.arguments as SyntaxNode[])].filter(Boolean) as SyntaxNode[];
    const isEarly = callee.type === 'MemberExpression' && EARLY.test(nameOf(callee) ?? '');
    if (isEarly && asked.some(isSecret) && !asked.slice(1).some(isPlain)) tell(node);
  });
  return found;
}
