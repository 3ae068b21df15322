-- Why: the screen says since when the network is away and how many posts wait for it. A reason is a sentence for people;
-- this is the fact behind it. A row counts while its delivery has not left.

CREATE TABLE unreached (
    delivery INTEGER PRIMARY KEY REFERENCES deliveries (id),
    since    INTEGER NOT NULL
) STRICT;
