-- Why: how often a delivery was tried in vain, and when its channel was last used, decide when something leaves next.
-- Both outlive the process: a restart must neither begin the backoff anew nor send one late post right after another.
-- The index finds what is due on one channel without reading what waits on the others.

ALTER TABLE deliveries ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN left_at INTEGER; -- by the plan's clock; NULL: nothing ever left
UPDATE channels SET left_at =
    (SELECT max(changed_at) FROM deliveries WHERE channel = channels.name AND state = 'published');
CREATE INDEX deliveries_by_channel ON deliveries (channel, leaves_at) WHERE leaves_at IS NOT NULL;
