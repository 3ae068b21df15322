//! Numbers that look random, the same for the same seed, and the seed that a run prints.

/// The seed of a run: `MASTHEAD_SEED`, or the given one.
pub fn seed(usual: u64) -> u64 {
    let told = std::env::var("MASTHEAD_SEED").ok();
    told.and_then(|it| it.parse().ok()).unwrap_or(usual)
}

/// SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.roll(all.len() as u64) as usize]
    }
}
