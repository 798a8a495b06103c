//! How is what was found told to people and machines?

mod scan;

pub use scan::*;
