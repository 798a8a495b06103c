//! Quotas: what an object uses of which resource (`pkg/quota/v1/evaluator/core`, `pkg/quota/v1/generic`).

mod evaluator;
mod pod;
mod stored;

pub(crate) use evaluator::Evaluator;
pub(crate) use stored::{Quota, predict};
