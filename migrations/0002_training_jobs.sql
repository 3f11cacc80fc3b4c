CREATE TABLE `training_jobs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`model_id` text NOT NULL,
	`version` integer NOT NULL,
	`state` text NOT NULL,
	`cause` text NOT NULL,
	`detail` text NOT NULL,
	`asked_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`changed_by` text NOT NULL,
	`result` integer,
	`note` text
);
--> statement-breakpoint
CREATE INDEX `training_jobs_workspace` ON `training_jobs` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `training_jobs_open` ON `training_jobs` (`workspace_id`,`model_id`) WHERE state IN ('asked', 'running');