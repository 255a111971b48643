-- Items that still wait become what 0008 calls batched lines without a batch; its own way down declares them.
drop function app.move_to_batch(uuid, bigint[]);
alter table public.provider_calls drop column batch_id;
drop table public.provider_batches;
