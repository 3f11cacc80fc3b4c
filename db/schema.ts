/**
 * D1, the source of truth of configuration. Times are milliseconds since the epoch. Nothing here is read on the decision path: what
 * is served comes from the publisher's slices.
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Who owns customers, catalog and residency. */
export const workspaces = sqliteTable('workspaces', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  residency: text('residency', { enum: ['none', 'eu'] })
    .notNull()
    .default('none'),
  /** Salt of every hash that assigns customers to groups: never changed, else everyone changes groups. */
  salt: text('salt').notNull(),
  createdAt: integer('created_at').notNull(),
  killSwitch: integer('kill_switch', { mode: 'boolean' }).notNull().default(false),
  /** Grows with every change of a draft; publishing commits only if it is still what the compiled drafts were read at. */
  draftsVersion: integer('drafts_version').notNull().default(0),
});

/** Every version of every configuration document, as it was written. Rows are never changed. */
export const documents = sqliteTable(
  'documents',
  {
    workspaceId: text('workspace_id').notNull(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    version: integer('version').notNull(),
    body: text('body').notNull(),
    createdAt: integer('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.kind, table.id, table.version] })],
);

/** Which version of a document the next publish takes. A deleted document has none. */
export const drafts = sqliteTable(
  'drafts',
  {
    workspaceId: text('workspace_id').notNull(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    version: integer('version').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.kind, table.id] })],
);

/** What was published, oldest first. Rows are never changed. */
export const revisions = sqliteTable(
  'revisions',
  {
    workspaceId: text('workspace_id').notNull(),
    revision: integer('revision').notNull(),
    catalogHash: text('catalog_hash').notNull(),
    note: text('note'),
    rolledBackTo: integer('rolled_back_to'),
    publishedAt: integer('published_at').notNull(),
    publishedBy: text('published_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.revision] })],
);

/** The documents that make up a revision. */
export const revisionEntries = sqliteTable(
  'revision_entries',
  {
    workspaceId: text('workspace_id').notNull(),
    revision: integer('revision').notNull(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    version: integer('version').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.revision, table.kind, table.id] })],
);

/** Whether a campaign is paused: no part of a revision, so it survives publishes and rollbacks. */
export const campaignStates = sqliteTable(
  'campaign_states',
  {
    workspaceId: text('workspace_id').notNull(),
    campaignId: text('campaign_id').notNull(),
    paused: integer('paused', { mode: 'boolean' }).notNull(),
    at: integer('at').notNull(),
    by: text('by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.campaignId] })],
);

/** Keys by the SHA-256 (hex) of their text; the text itself is shown once and kept nowhere. */
export const keys = sqliteTable(
  'keys',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    siteId: text('site_id').notNull(),
    type: text('type', { enum: ['publishable', 'secret'] }).notNull(),
    name: text('name').notNull(),
    hash: text('hash').notNull(),
    /** First characters, to recognise it by. */
    hint: text('hint').notNull(),
    createdAt: integer('created_at').notNull(),
    revokedAt: integer('revoked_at'),
  },
  (table) => [uniqueIndex('keys_hash').on(table.hash), index('keys_site').on(table.workspaceId, table.siteId)],
);

/** Who changed what, when. Rows are never changed. */
export const audit = sqliteTable(
  'audit',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    workspaceId: text('workspace_id').notNull(),
    at: integer('at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    /** JSON list of `{path, before?, after?}`. */
    changes: text('changes').notNull(),
  },
  (table) => [index('audit_workspace').on(table.workspaceId, table.id)],
);

/** Pushes written by `wrangler d1 execute`; a cron job takes them in order. */
export const configInbox = sqliteTable(
  'config_inbox',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    workspaceId: text('workspace_id').notNull(),
    receivedAt: integer('received_at').notNull(),
    /** A push request as JSON. */
    document: text('document').notNull(),
    processedAt: integer('processed_at'),
    outcome: text('outcome', { enum: ['published', 'stored', 'unchanged', 'refused'] }),
    detail: text('detail'),
  },
  (table) => [index('config_inbox_waiting').on(table.id).where(sql`processed_at IS NULL`)],
);

/** Trainings that were asked for: done where there is time for them, by `npm run train`. One is open per model. */
export const trainingJobs = sqliteTable(
  'training_jobs',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    workspaceId: text('workspace_id').notNull(),
    modelId: text('model_id').notNull(),
    /** Of the version that is to be followed. */
    version: integer('version').notNull(),
    state: text('state', { enum: ['asked', 'running', 'done', 'failed'] }).notNull(),
    cause: text('cause', { enum: ['evidence', 'drift', 'calibration', 'age'] }).notNull(),
    /** In words, with the figures. */
    detail: text('detail').notNull(),
    askedAt: integer('asked_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    /** Who changed it last. */
    changedBy: text('changed_by').notNull(),
    /** The version that came of it. */
    result: integer('result'),
    note: text('note'),
  },
  (table) => [
    index('training_jobs_workspace').on(table.workspaceId, table.id),
    uniqueIndex('training_jobs_open').on(table.workspaceId, table.modelId).where(sql`state IN ('asked', 'running')`),
  ],
);

/** Models of a workspace. `revision` counts changes of what serves: the publisher takes only later ones. */
export const models = sqliteTable(
  'models',
  {
    workspaceId: text('workspace_id').notNull(),
    id: text('id').notNull(),
    revision: integer('revision').notNull().default(0),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

/** Every version of every model; what it is never changes, only where it serves. Files lie in R2 by their hashes. */
export const modelVersions = sqliteTable(
  'model_versions',
  {
    workspaceId: text('workspace_id').notNull(),
    modelId: text('model_id').notNull(),
    version: integer('version').notNull(),
    /** SHA-256 (hex) of the manifest's text. */
    manifestHash: text('manifest_hash').notNull(),
    manifest: text('manifest').notNull(),
    /** JSON, as they were told: figures of its training, where it comes from. */
    metrics: text('metrics').notNull(),
    lineage: text('lineage').notNull(),
    /** Markdown. */
    card: text('card').notNull(),
    stage: text('stage', { enum: ['registered', 'shadow', 'canary', 'live', 'retired'] }).notNull(),
    /** Of a canary. */
    share: real('share'),
    stagedAt: integer('staged_at').notNull(),
    /** Why it stands where it stands, where somebody or something said so. */
    reason: text('reason'),
    /** When the watch called it back, until somebody puts it in service again in spite of that. */
    calledBackAt: integer('called_back_at'),
    /** When somebody did: call-backs from before then are meant no more. */
    resumedAt: integer('resumed_at'),
    /** When its contents were deleted: manifest, metrics and card are empty since, and nobody sees it. */
    deletedAt: integer('deleted_at'),
    createdAt: integer('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.modelId, table.version] }),
    uniqueIndex('model_versions_manifest').on(table.workspaceId, table.modelId, table.manifestHash),
    // Which versions there are, and who serves, is answered from here: in a row one reads past a manifest and a card of 256 KB each.
    index('model_versions_stage').on(table.workspaceId, table.modelId, table.deletedAt, table.stage, table.version),
  ],
);
