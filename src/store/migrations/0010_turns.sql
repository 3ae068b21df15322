-- Why: whoever waits its turn behind late posts of its channel does not use up its grace. That was told by the words of the
-- reason, which are for people; this is the fact behind them. It counts until the next try, and only while that is planned.

ALTER TABLE deliveries ADD COLUMN its_turn INTEGER NOT NULL DEFAULT 0 CHECK (its_turn IN (0, 1));

UPDATE deliveries SET its_turn = 1 WHERE reason = 'late posts leave 15 min apart on a channel';
