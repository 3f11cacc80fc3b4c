/** Constant-time comparison of every secret: the rule is shown to bite, then applied to every file that runs where secrets are. */
import { describe, expect, test } from 'vitest';
import { comparisonFindings } from './tidy/comparisons.ts';
import { projectFiles, readProjectFile } from './tidy/files.ts';

describe('constant-time comparison of every secret', () => {
  test.each([
    'if (given === expected) f();',
    'ok = given !== (await mac(secret, text));',
    'ok = given !== mac(secret, text);',
    'ok = hmacText(secret, text) === told;',
    'const ok = record.signature == other;',
    'const ok = (await hmac(a, b)) === x;',
    'ok = await sign(x) === y!;',
    'const same = known.keyHash === (hash as string);',
    'ok = proof === await makeProof(secret, id, exp);',
    'if (siteSecret !== told) f();',
    'ok = tokens.includes(token);',
    'ok = text.startsWith(mac);',
    'ok = secret.localeCompare(told) === 0;',
    'switch (signature) { case expected: f(); }',
    'ok = anonymousId === other.anonymousId;',
  ])('refuses %s', (source) => {
    expect(comparisonFindings('worker/edge/a.ts', source), source).not.toEqual([]);
  });

  test.each([
    'if (token === undefined) f();',
    "if (secret === '') f();",
    'if (typeof proof !== "string") f();',
    'if (signature.length !== 22) f();',
    'ok = equalInConstantTime(given, await mac(secret, text));',
    "if (auth.keyType === 'secret') f();",
    'ok = catalog.hash === manifest.catalogHash;',
    'ok = (await sha256Hex(body)) === hash;',
    "ok = key.startsWith('pk_');",
    "ok = token.startsWith('ht1.');",
    'ok = message.keyId === keyId;',
  ])('allows %s', (source) => {
    expect(comparisonFindings('worker/edge/a.ts', source), source).toEqual([]);
  });

  test('is looked for where secrets are kept, and not in what runs on pages or in tests', () => {
    const source = 'ok = given === mac;';
    for (const file of ['worker/a.ts', 'durable-objects/a.ts', 'db/a.ts', 'decisioning/a.ts'])
      expect(comparisonFindings(file, source), file).toHaveLength(1);
    for (const file of ['client-snippet/a.ts', 'cli/a.ts', 'worker/a.test.ts', 'decisioning/testing/a.ts'])
      expect(comparisonFindings(file, source), file).toEqual([]);
  });

  test('holds in every file', () => {
    const files = projectFiles().filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((file) => comparisonFindings(file, readProjectFile(file)))).toEqual([]);
  });

  test('is what the four kinds of signatures go through', () => {
    for (const file of ['token-signer', 'identity', 'preview', 'device-bundle'])
      expect(readProjectFile(`worker/edge/${file}.ts`)).toMatch(/equalInConstantTime\(given, mac\(/);
    expect(readProjectFile('worker/edge/identity.ts')).toContain('equalInConstantTime(base64Url(signature), ');
  });
});
