/** What an app's client is written from. */
import { describe, expect, test } from 'vitest';
import { kotlinClient } from './kotlin.ts';
import { type Document, modelOf } from './model.ts';
import { swiftClient } from './swift.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const post = (request: object, response: object, security: object[] = [{ publishableKey: [] }]) => ({
  post: { summary: 'Ask', security, parameters: [], requestBody: json(request), responses: { 200: json(response) } },
});

const text = { type: 'string' };
const document = {
  paths: {
    '/v1/ask': post(
      { $ref: '#/components/schemas/Question' },
      { type: 'object', properties: { ok: { type: 'boolean' } } },
    ),
    '/v1/secret': post({ type: 'object', properties: {} }, { type: 'object', properties: {} }, [{ secretKey: [] }]),
  },
  components: {
    schemas: {
      Question: {
        type: 'object',
        properties: {
          ids: { type: 'array', items: text },
          in: { anyOf: [{ $ref: '#/components/schemas/Inner' }, { type: 'null' }] },
          event: {
            oneOf: [
              { type: 'object', properties: { kind: text, at: text }, required: ['kind', 'at'] },
              { type: 'object', properties: { kind: text, goal: text }, required: ['kind'] },
            ],
          },
          any: { anyOf: [text, { type: 'number' }] },
          named: { type: 'object', additionalProperties: { type: 'integer' } },
        },
        required: ['ids', 'in'],
      },
      Inner: { type: 'object', properties: { again: { $ref: '#/components/schemas/Inner' } } },
    },
  },
} as unknown as Document;

describe('the model', () => {
  const { records, operations } = modelOf(document);
  const fields = (name: string) => records.find((record) => record.name === name)?.fields;

  test('has what a publishable key may call, and nothing else', () => {
    expect(operations).toEqual([
      { name: 'ask', path: '/v1/ask', about: 'Ask', request: 'Question', response: 'AskResponse' },
    ]);
  });

  test('knows lists, maps, any value, and records that name themselves', () => {
    expect(fields('Question')).toEqual([
      { name: 'ids', type: { kind: 'list', of: { kind: 'text' } }, isRequired: true },
      { name: 'in', type: { kind: 'record', name: 'Inner' }, isRequired: false },
      { name: 'event', type: { kind: 'record', name: 'QuestionEvent' }, isRequired: false },
      { name: 'any', type: { kind: 'json' }, isRequired: false },
      { name: 'named', type: { kind: 'map', of: { kind: 'integer' } }, isRequired: false },
    ]);
    expect(fields('Inner')).toEqual([{ name: 'again', type: { kind: 'record', name: 'Inner' }, isRequired: false }]);
  });

  test('alternatives are one record, which requires what all of them require', () => {
    expect(fields('QuestionEvent')?.map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ['kind', true],
      ['at', false],
      ['goal', false],
    ]);
  });

  test('words of the languages are quoted where a field is called so', () => {
    expect(kotlinClient(modelOf(document)).get('Models.kt')).toContain('val `in`: Inner? = null');
    expect(swiftClient(modelOf(document)).get('Models.swift')).toContain('public var `in`: Inner?');
  });

  test('a reference that leads nowhere is told', () => {
    const broken = { ...document, components: { schemas: {} } };
    expect(() => modelOf(broken)).toThrow('#/components/schemas/Question is not in the document');
  });
});
