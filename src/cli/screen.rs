//! `masthead` alone: the screen on the embedded database.

use super::house::House;
use super::{Done, Globals};
use anyhow::bail;

/// What the screen is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The user's own plan.
    Plan,
    /// A sample month; nothing leaves the machine.
    Demo,
}

/// Opens the screen on the user's own plan.
pub(super) fn run(globals: &Globals) -> anyhow::Result<Done> {
    let house = House::open(globals)?;
    open(globals, house, Occasion::Plan)
}

/// Opens the screen.
pub(super) fn open(globals: &Globals, house: House, occasion: Occasion) -> anyhow::Result<Done> {
    let _ = (globals.ascii, house, occasion);
    bail!("the screen is not there yet")
}
