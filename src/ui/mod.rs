//! Draws `&App`; decides nothing.

use crate::app::App;
use ratatui::Frame;

/// Draws the whole screen.
pub fn draw(_app: &App, _frame: &mut Frame<'_>) {}
