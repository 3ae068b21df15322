//! Draws `&App`; decides nothing.
