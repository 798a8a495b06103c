//! Values of the Kubernetes libraries (apiserver's `pkg/cel/{ip,cidr,url,quantity,semver,format}.go`).

use crate::functions::format::Format;
use crate::functions::quantity::Quantity;
use crate::functions::semver::Semver;
use crate::functions::url::Url;
use crate::types::Type;
use core::net::IpAddr;

/// A value of a Kubernetes library.
#[derive(Clone, Debug)]
pub enum Extension {
    /// `url('https://…')`.
    Url(Url),
    /// `ip('192.0.2.1')`.
    Ip(IpAddr),
    /// `cidr('192.0.2.0/24')`: an address, not masked, and the length of its prefix.
    Cidr(IpAddr, u8),
    /// `quantity('1Gi')`.
    Quantity(Quantity),
    /// `semver('1.2.3')`.
    Semver(Semver),
    /// `format.dns1123Label()`.
    Format(&'static Format),
}

impl Extension {
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Url(_) => "kubernetes.URL",
            Self::Ip(_) => "net.IP",
            Self::Cidr(..) => "net.CIDR",
            Self::Quantity(_) => "kubernetes.Quantity",
            Self::Semver(_) => "kubernetes.Semver",
            Self::Format(_) => "kubernetes.NamedFormat",
        }
    }

    pub(crate) fn value_type(&self) -> Type {
        match self {
            Self::Ip(_) | Self::Cidr(..) => Type::opaque(self.type_name(), Vec::new()),
            _ => Type::object(self.type_name()),
        }
    }

    /// Its size in the cost model: the bytes of an address, an eighth of a prefix' length.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Self::Ip(address) => Some(if address.is_ipv4() { 4 } else { 16 }),
            Self::Cidr(_, bits) => Some(u64::from(bits.div_ceil(8))),
            _ => None,
        }
    }

    /// `string(x)`, for those that have one.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Ip(address) => Some(address.to_string()),
            Self::Cidr(address, bits) => Some(format!("{address}/{bits}")),
            _ => None,
        }
    }

    /// Whether two of one kind are equal; `None` for two kinds.
    pub(crate) fn equal(a: &Self, b: &Self) -> Option<bool> {
        Some(match (a, b) {
            (Self::Url(a), Self::Url(b)) => a.text() == b.text(),
            (Self::Ip(a), Self::Ip(b)) => a == b,
            (Self::Cidr(a, a_bits), Self::Cidr(b, b_bits)) => a == b && a_bits == b_bits,
            (Self::Quantity(a), Self::Quantity(b)) if b.is_comparable() => a.compare(b).is_eq(),
            (Self::Semver(a), Self::Semver(b)) => a.compare(b).is_eq(),
            (Self::Format(a), Self::Format(b)) => a.name == b.name,
            _ => return None,
        })
    }
}
