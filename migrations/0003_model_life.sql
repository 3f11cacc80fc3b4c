ALTER TABLE `model_versions` ADD `called_back_at` integer;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `resumed_at` integer;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `model_versions_stage` ON `model_versions` (`workspace_id`,`model_id`,`deleted_at`,`stage`,`version`);