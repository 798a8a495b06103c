//! Policies for what is wanted: least privilege per workload, and the proof that they let it pass.
//!
//! [`declared`] reads from a cluster what its objects say about who talks to whom, [`Flows`] collects what was seen,
//! [`generate`] writes one NetworkPolicy a workload, and [`prove`] asks the engine about the cluster with them.

mod declared;
mod flows;
mod names;
mod policy;
mod proof;
mod ranges;

pub use declared::{declared, name_lookups};
pub use flows::{Flow, FlowEnd, FlowError, Flows};
pub use policy::{Generated, GeneratedPolicy, generate};
pub use proof::{Missing, Proof, prove};

use crate::{Cidr, PortSet, Reach};

/// One side of a connection that is wanted.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Side {
    /// The workload of this number in [`crate::Reach::workloads`].
    Workload(usize),
    /// Pods by the namespace's name and their labels, whether the input holds them or not.
    Pods {
        /// The namespace's name.
        namespace: Box<str>,
        /// Labels that the pods have.
        labels: Vec<(Box<str>, Box<str>)>,
    },
    /// Addresses.
    Block(Cidr),
    /// Whoever it is, inside or outside.
    Anyone,
}

impl Side {
    /// As people read it.
    pub fn shown(&self, reach: &Reach) -> String {
        match self {
            Self::Workload(workload) => policy::name_of(reach, *workload),
            Self::Block(block) => block.to_string(),
            Self::Anyone => "anyone".to_owned(),
            Self::Pods { namespace, labels } => {
                let labels: Vec<String> =
                    labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                format!("pods {} of {namespace}", labels.join(","))
            }
        }
    }
}

/// A connection that policies must let pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// Who opens it.
    pub from: Side,
    /// Who listens.
    pub to: Side,
    /// At which ports of the pod.
    pub ports: PortSet,
    /// Who says so, in words.
    pub because: String,
}
