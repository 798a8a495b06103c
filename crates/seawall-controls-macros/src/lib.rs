//! controls-macros
