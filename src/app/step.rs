//! The small words of typing: whether what is typed is safe, and how the cursor moves.
//!
//! Data only; what they do is `editor.rs`.

/// Whether what is typed is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The post has it.
    Saved,
    /// The draft has it, the post does not yet.
    Drafted,
    /// Only this process has it: nothing was kept yet, or the last try failed.
    Typed,
}

/// A move of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A cluster back.
    Left,
    /// A cluster on.
    Right,
    /// A shown row up.
    Up,
    /// A shown row down.
    Down,
    /// To the beginning of the shown row.
    Home,
    /// To the end of the shown row.
    End,
    /// Several shown rows up.
    PageUp,
    /// Several shown rows down.
    PageDown,
}
