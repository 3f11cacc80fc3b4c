/** Publish, revisions, rollback, push, kill switch, keys, audit. */
import * as z from 'zod';
import { KIND_NAMES, type Kind, kindName } from './configuration/index.ts';
import { displayName, slug } from './primitives.ts';
import { problemError } from './problem.ts';

export const publishRequest = z.strictObject({ note: z.string().max(500).optional() }).meta({ id: 'PublishRequest' });

export const revision = z
  .strictObject({
    revision: z.int(),
    catalogHash: z.string().nullable().meta({
      description: 'Null for a revision that only keeps drafts which a rollback would have lost; it is never served',
    }),
    publishedAt: z.iso.datetime(),
    publishedBy: z.string(),
    note: z.string().nullable(),
    rolledBackTo: z.int().nullable(),
    documents: z.int(),
  })
  .meta({ id: 'Revision' });

export const revisionsResponse = z
  .strictObject({ items: z.array(revision), next: z.string().nullable() })
  .meta({ id: 'Revisions' });

/** What may be published, but should not surprise anybody. */
const warnings = z.array(problemError).optional().meta({
  description:
    'What may be published, but should not surprise anybody: of a push what it changes, of a publish everything; absent when there is nothing',
});

export const publishResponse = revision
  .extend({
    changed: z.boolean().meta({ description: 'False when the newest revision is made of exactly these documents' }),
    setAside: z.int().nullable().meta({
      description: 'After a rollback: the revision that keeps the drafts which were in none; null when there were none',
    }),
    warnings,
  })
  .meta({ id: 'PublishResponse' });

/** Documents in one push; more come in further pushes before the one that publishes. */
export const MAX_PUSH_DOCUMENTS = 500;

export const pushDocument = z
  .looseObject({ kind: kindName, id: z.string().optional() })
  .meta({ description: `A configuration document with its kind: ${KIND_NAMES.join(', ')}` });

/**
 * A document of a push or a file as its kind and its own fields, the body of `POST /v1/<collection>`. A site has a `kind` of its own
 * (web, app or server): beside the document's kind it is called `siteKind`.
 */
export function splitDocument(document: Readonly<Record<string, unknown>>): {
  readonly kind: unknown;
  readonly body: Readonly<Record<string, unknown>>;
} {
  const { kind, ...body } = document;
  if (kind !== 'site' || !Object.hasOwn(body, 'siteKind')) return { kind, body };
  const { siteKind, ...rest } = body;
  return { kind, body: { ...rest, kind: siteKind } };
}

/** The opposite of {@link splitDocument}. */
export function joinDocument(kind: Kind, body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (kind !== 'site') return { kind, ...body };
  const { kind: siteKind, ...rest } = body;
  return { kind, siteKind, ...rest };
}

export const pushRequest = z
  .strictObject({
    documents: z.array(pushDocument).min(0).max(MAX_PUSH_DOCUMENTS),
    publish: z.boolean().default(true),
    dryRun: z.boolean().default(false).meta({ description: 'Check everything, change nothing' }),
    note: z.string().max(500).optional(),
  })
  .meta({ id: 'PushRequest', description: 'All documents are stored and published together, or none is.' });

export const pushResponse = z
  .strictObject({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    revision: z.int().nullable(),
    changed: z.boolean(),
    dryRun: z.boolean(),
    warnings,
  })
  .meta({ id: 'PushResponse' });

/** A revision's number in a path: digits alone, since `1e3` is more likely a slip than a thousand. */
export const revisionNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a whole number from 1, in digits')
  .transform(Number);

/** Documents of one page of a collection, revisions or audit entries alike. */
export const MAX_PAGE_SIZE = 100;

export const pageQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(50),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
});

/** A document as it was written: the shape is that of the request which stored it. */
export const writtenDocument = z
  .looseObject({ id: z.string() })
  .meta({ id: 'WrittenDocument', description: 'The document as it was written, without the defaults it leaves out.' });

export const documentsResponse = z
  .strictObject({
    items: z.array(
      z.strictObject({
        version: z.int().meta({ description: 'Its ETag, without the quotes' }),
        paused: z.boolean().optional().meta({ description: 'Campaigns only' }),
        builtIn: z.boolean().optional().meta({ description: 'Channels and goals only: there without being written' }),
        document: writtenDocument,
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'Documents' });

export const revisionDocumentsResponse = revision
  .extend({
    items: z.array(z.strictObject({ kind: z.string(), id: z.string(), version: z.int(), document: writtenDocument })),
    next: z.string().nullable(),
  })
  .meta({
    id: 'RevisionDocuments',
    description: 'A revision with a page of its documents, in the order of kinds and ids.',
  });

export const campaignState = z.strictObject({ id: slug, paused: z.boolean() }).meta({ id: 'CampaignState' });

export const killSwitchRequest = z
  .strictObject({ on: z.boolean(), reason: z.string().max(500).optional() })
  .meta({ id: 'KillSwitchRequest' });
export const killSwitchResponse = z.strictObject({ on: z.boolean() }).meta({ id: 'KillSwitch' });

export const switchesResponse = z
  .strictObject({
    killSwitch: z.boolean(),
    pausedCampaigns: z.array(slug).meta({ description: 'In the order of ids' }),
  })
  .meta({ id: 'Switches' });

export const auditEntry = z
  .strictObject({
    id: z.int(),
    at: z.iso.datetime(),
    actor: z.string().meta({ description: 'Id of the key that made the change, or "inbox" or "bootstrap"' }),
    action: z.enum([
      'create',
      'update',
      'delete',
      'pause',
      'resume',
      'publish',
      'rollback',
      'kill_switch',
      'create_key',
      'revoke_key',
      'erase_customer',
      'push',
      'steer',
      'hold_learning',
      'release_learning',
      'acknowledge',
      'register',
      'stage_shadow',
      'stage_canary',
      'stage_live',
      'stage_retired',
      'call_back',
    ]),
    kind: z.string(),
    subject: z.string(),
    changes: z.array(
      z.strictObject({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
    ),
  })
  .meta({ id: 'AuditEntry' });

export const auditResponse = z
  .strictObject({ items: z.array(auditEntry), next: z.string().nullable() })
  .meta({ id: 'Audit' });

export const keyRequest = z
  .strictObject({ type: z.enum(['publishable', 'secret']), name: displayName.default('key') })
  .meta({ id: 'KeyRequest' });
export const key = z
  .strictObject({
    id: z.string(),
    site: slug,
    type: z.enum(['publishable', 'secret']),
    name: z.string(),
    hint: z.string().meta({ description: 'First characters, to recognise it by' }),
    createdAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Key' });
export const createdKey = key
  .extend({ key: z.string().meta({ description: 'The key itself; shown this once' }) })
  .meta({ id: 'CreatedKey' });

export const keysResponse = z.strictObject({ items: z.array(key) }).meta({ id: 'Keys' });

export const siteSecretResponse = z
  .strictObject({ secret: z.string().meta({ description: 'Signs identity proofs on your server' }) })
  .meta({ id: 'SiteSecret' });

export const previewRequest = z
  .strictObject({
    arm: slug,
    ttlMinutes: z
      .int()
      .min(1)
      .max(7 * 24 * 60)
      .default(60),
    reasons: z.boolean().default(false).meta({
      description:
        'The answers also tell every candidate and why it was refused, for a visitor of whom nothing is known',
    }),
  })
  .meta({ id: 'PreviewRequest' });
export const previewResponse = z
  .strictObject({
    preview: z.string(),
    query: z.string().meta({ description: 'Append it to a page address' }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Preview' });

export type PushRequest = z.infer<typeof pushRequest>;
export type PushResponse = z.infer<typeof pushResponse>;
export type PublishResponse = z.infer<typeof publishResponse>;
export type Revision = z.infer<typeof revision>;
export type AuditEntry = z.infer<typeof auditEntry>;
