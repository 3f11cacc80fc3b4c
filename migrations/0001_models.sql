CREATE TABLE `model_versions` (
	`workspace_id` text NOT NULL,
	`model_id` text NOT NULL,
	`version` integer NOT NULL,
	`manifest_hash` text NOT NULL,
	`manifest` text NOT NULL,
	`metrics` text NOT NULL,
	`lineage` text NOT NULL,
	`card` text NOT NULL,
	`stage` text NOT NULL,
	`share` real,
	`staged_at` integer NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `model_id`, `version`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `model_versions_manifest` ON `model_versions` (`workspace_id`,`model_id`,`manifest_hash`);--> statement-breakpoint
CREATE TABLE `models` (
	`workspace_id` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `id`)
);
