//! What a user does, key by key, against the pure core: effects are compared as data.
