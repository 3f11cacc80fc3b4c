CREATE TABLE `audit` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`changes` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_workspace` ON `audit` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `campaign_states` (
	`workspace_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`paused` integer NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `campaign_id`)
);
--> statement-breakpoint
CREATE TABLE `config_inbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`received_at` integer NOT NULL,
	`document` text NOT NULL,
	`processed_at` integer,
	`outcome` text,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `config_inbox_waiting` ON `config_inbox` (`id`) WHERE processed_at IS NULL;--> statement-breakpoint
CREATE TABLE `documents` (
	`workspace_id` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `kind`, `id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `drafts` (
	`workspace_id` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `kind`, `id`)
);
--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`site_id` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `keys_hash` ON `keys` (`hash`);--> statement-breakpoint
CREATE INDEX `keys_site` ON `keys` (`workspace_id`,`site_id`);--> statement-breakpoint
CREATE TABLE `revision_entries` (
	`workspace_id` text NOT NULL,
	`revision` integer NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `revision`, `kind`, `id`)
);
--> statement-breakpoint
CREATE TABLE `revisions` (
	`workspace_id` text NOT NULL,
	`revision` integer NOT NULL,
	`catalog_hash` text NOT NULL,
	`note` text,
	`rolled_back_to` integer,
	`published_at` integer NOT NULL,
	`published_by` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `revision`)
);
--> statement-breakpoint
CREATE TABLE `workspaces` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`residency` text DEFAULT 'none' NOT NULL,
	`salt` text NOT NULL,
	`created_at` integer NOT NULL,
	`kill_switch` integer DEFAULT false NOT NULL,
	`drafts_version` integer DEFAULT 0 NOT NULL
);
